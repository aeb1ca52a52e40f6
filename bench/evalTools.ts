/**
 * What the list of tools and the answers cost a conversation, and whether scripted agents that follow the skills reach the
 * right conclusions by tool answers alone. No language model is asked. `npm run eval:tools`
 */
import { examineOnWorld, type Examined } from './eval/examine.ts';
import { examineOnFootage, footageMissing } from './eval/footage.ts';
import { largestAnswer, medianTokens, summed } from './eval/summary.ts';
import { sumOf, toolCosts } from './eval/toolList.ts';
import { say } from './measure.ts';

const costs = toolCosts();
const row = (name: string, model: number, whole: number) =>
  say(`${name.padEnd(20)} ${String(model).padStart(6)} ${String(whole).padStart(6)}`);

say(`tokens of o200k_base    model  whole`);
for (const { name, model, whole } of costs) row(name, model, whole);
row('together', sumOf(costs, 'model'), sumOf(costs, 'whole'));

const onWorld = await examineOnWorld();
const missing = footageMissing();
const onFootage = missing === false ? await examineOnFootage() : [];

const title = '\nskill                  calls tokens pictures     kB     ms';
say(`${title}   on seeded synthetic weeks`);
onWorld.forEach(report);
const all = onWorld.flatMap(({ costs: own }) => own);
const largest = largestAnswer(all);
say(
  `largest answer ${largest.tokens} tokens (${largest.tool}), median ${medianTokens(all)}, without pictures; ` +
    `${all.length} calls`,
);
say(`${title}   on vtest.avi${missing === false ? '' : `: skipped, ${missing}`}`);
onFootage.forEach(report);

const examined = [...onWorld, ...onFootage];
const wrong = examined.filter(({ isRight }) => !isRight).length;
say(wrong === 0 ? `\nall ${examined.length} right` : `\n${wrong} of ${examined.length} WRONG`);
if (wrong > 0) process.exitCode = 1;

function report({ skill, question, isRight, reason, costs: own }: Examined): void {
  const { calls, tokens, pictureTokens, bytes, ms } = summed(own);
  const numbers = [
    String(calls).padStart(5),
    String(tokens).padStart(6),
    String(pictureTokens).padStart(8),
    (bytes / 1000).toFixed(1).padStart(6),
    ms.toFixed(0).padStart(6),
  ].join(' ');
  say(`${skill.padEnd(22)} ${numbers} ${isRight ? 'right' : 'WRONG'} ${question}`);
  if (!isRight) say(reason.replaceAll(/^/gm, '    '));
}
