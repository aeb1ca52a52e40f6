/** What the list of tools costs a conversation, and the page that tells of them. */
import { z } from 'zod';
import { toldInput, toldOutput } from '../../src/mcp/listing.ts';
import { tools } from '../../src/mcp/tools/index.ts';
import { tokensOf } from './tokens.ts';

export interface ToolCost {
  readonly name: string;
  /** Name, description and input schema: what hosts give a model. */
  readonly model: number;
  /** All that `tools/list` tells. */
  readonly whole: number;
}

export const toolCosts = (): ToolCost[] =>
  tools.map(({ name, title, description, input, output }) => {
    const inputSchema = toldInput(input);
    const outputSchema = toldOutput(output);
    return {
      name,
      model: tokensOf({ name, description, inputSchema }),
      whole: tokensOf({ name, title, description, inputSchema, outputSchema }),
    };
  });

export const sumOf = (costs: readonly ToolCost[], of: 'model' | 'whole'): number =>
  costs.reduce((sum, cost) => sum + cost[of], 0);

/** docs/tools.md, before it is formatted. @param answers the section of what answers cost, which takes long to make */
export function toolsPage(answers: string): string {
  const costs = toolCosts();
  const rows = costs.map(({ name, model, whole }) => `| [\`${name}\`](#${name}) | ${model} | ${whole} |`);
  const sections = tools.map((tool) =>
    [
      `## ${tool.name}`,
      `**${tool.title}.** ${tool.description}`,
      `| input | type | |\n| --- | --- | --- |\n${fieldRows(z.toJSONSchema(tool.input, { io: 'input' }))}`,
      `| output | type | |\n| --- | --- | --- |\n${fieldRows(z.toJSONSchema(tool.output, { io: 'output' }))}`,
    ].join('\n\n'),
  );
  return [
    '# Tools',
    'Made from the code by `UPDATE_DOCS=1 npm test -- test/docs/tools.test.ts`.',
    'What the list costs a conversation, in tokens of o200k_base: what hosts give a model (name, description and input ' +
      'schema), and all that `tools/list` tells.',
    `| tool | to the model | whole |\n| --- | --- | --- |\n${rows.join('\n')}\n| together | ${sumOf(costs, 'model')} | ${sumOf(costs, 'whole')} |`,
    answers,
    ...sections,
  ].join('\n\n');
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function fieldRows(schema: JsonSchema): string {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).map(([name, of]) => {
    const field: JsonSchema = typeof of === 'boolean' ? {} : of;
    const must = required.has(name) ? '' : ' (optional)';
    return `| \`${name}\` | ${typeOf(field)}${must} | ${(field.description ?? '').replaceAll('|', '\\|')} |`;
  });
  return rows.join('\n');
}

function typeOf({ type, items, enum: values, anyOf, properties }: JsonSchema): string {
  if (values) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf) return anyOf.map((one) => typeOf(one)).join(' or ');
  if (type === 'array' && items !== undefined && typeof items === 'object' && !Array.isArray(items))
    return `list of ${typeOf(items)}`;
  if (properties) return `{${Object.keys(properties).join(', ')}}`;
  return String(type ?? 'any');
}
