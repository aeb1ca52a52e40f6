import type { z } from 'zod';
import type { Tool } from '../../src/mcp/contract.ts';

/** What a scripted agent gets to know: the answer of a tool, and nothing else. */
interface Told<Structured> {
  readonly structured: Structured;
  readonly text: string;
  readonly pictures: readonly Buffer[];
}

/** Calls a tool over MCP. Rejects with `Refused` where the tool does. */
export type Ask = <Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
  args: z.input<Input>,
) => Promise<Told<z.output<Output>>>;

/** A tool's answer that says what is wrong and what to do next. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** What a judge, who knows the truth, says of an agent's conclusion. */
export interface Verdict {
  readonly isRight: boolean;
  /** What was concluded, and where it is wrong, what is true. */
  readonly reason: string;
}

/** A question for an agent that follows a skill. */
export interface Case {
  /** Folder of the skill. */
  readonly skill: string;
  readonly question: string;
  readonly examine: (ask: Ask) => Promise<Verdict>;
}

/** Puts the question to the agent, and what it concludes to the judge. */
export const caseOf = <Question, Conclusion>(
  skill: string,
  question: string,
  agent: (ask: Ask, question: Question) => Promise<Conclusion>,
  asked: Question,
  judge: (conclusion: Conclusion) => readonly string[],
): Case => ({
  skill,
  question,
  examine: async (ask) => {
    const conclusion = await agent(ask, asked);
    const faults = judge(conclusion);
    const told = JSON.stringify(conclusion);
    return { isRight: faults.length === 0, reason: [told, ...faults].join('\n') };
  },
});

/** A fault, unless what was concluded is what is true. */
export function same(what: string, concluded: unknown, truth: unknown): string[] {
  const json = (value: unknown) => JSON.stringify(value) as string | undefined;
  const [is, should] = [json(concluded), json(truth)];
  return is === should ? [] : [`${what} is ${is ?? 'not told'}, in truth ${should ?? 'not known'}`];
}
