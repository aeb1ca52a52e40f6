/** What the list of tools costs a conversation. `npm run eval:tools` */
import { sumOf, toolCosts } from './eval/toolList.ts';
import { say } from './measure.ts';

const costs = toolCosts();
const row = (name: string, model: number, whole: number) =>
  say(`${name.padEnd(20)} ${String(model).padStart(6)} ${String(whole).padStart(6)}`);

say(`tokens of o200k_base    model  whole`);
for (const { name, model, whole } of costs) row(name, model, whole);
row('together', sumOf(costs, 'model'), sumOf(costs, 'whole'));
