/** The part of docs/tools.md that tells what answers cost the scripted agents. */
import type { Examined } from './examine.ts';
import { largestAnswer, medianTokens, summed } from './summary.ts';

const [begin, end] = ['<!-- answers -->', '<!-- /answers -->'];

/** Before it is formatted. Nothing in it depends on the machine or on when it is made. */
export function answersSection(examined: readonly Examined[]): string {
  const all = examined.flatMap(({ costs }) => costs);
  const largest = largestAnswer(all);
  const rows = examined.map(({ skill, question, isRight, costs }) => {
    const { calls, tokens, pictureTokens } = summed(costs);
    const of = [`[${skill}](../skills/${skill}/SKILL.md)`, question, calls, tokens, pictureTokens];
    return `| ${of.join(' | ')} | ${isRight ? 'right' : '**wrong**'} |`;
  });
  return [
    begin,
    '## What answers cost',
    'Scripted agents (`bench/eval/agents/`) follow each skill step by step over MCP, on a store of seeded synthetic weeks ' +
      '(`bench/eval/world.ts`), and conclude from the answers alone; a judge compares that with what is true of the store. No ' +
      'language model is asked. `npm run eval:tools` also prints bytes and times, and does the same on real footage; ' +
      '`UPDATE_DOCS=1 npm test -- test/eval/agents.test.ts` makes this section.',
    `The largest of ${all.length} answers has ${largest.tokens} tokens (\`${largest.tool}\`), the median ${medianTokens(all)}: text ` +
      'and structured content together, though hosts may give a model only one of them. Pictures are reckoned apart, as width × ' +
      'height / 750.',
    `| skill | question | calls | tokens | of pictures | concluded |\n| --- | --- | --: | --: | --: | --- |\n${rows.join('\n')}`,
    end,
  ].join('\n\n');
}

/** Of the page as it is; empty where it has none. */
export function answersSectionIn(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  return from < 0 || to < from ? '' : page.slice(from, to + end.length);
}
