import { createHash, randomBytes } from 'node:crypto';
import {
  acceptedContent,
  createRequestStateCodec,
  inputRequired,
  type ClientCapabilities,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Call } from './contract.ts';

/* Asking the person behind the client, by elicitation. Nothing waits for the answer here: the call ends with the question, the
 * client brings the answer with a second call, and the tool runs again from its beginning. Clients of the older protocol are asked by the
 * SDK while the call goes on; for the tool it is the same. */

/** What the client carries from the call that asked to the one with the answer. Signed, as it must not answer for the person. */
interface Conversation {
  /** Digest of the tool and its input: an answer is for nothing else. */
  readonly of: string;
  readonly answered: Readonly<Record<string, boolean>>;
  readonly asked: string;
}

/** For `requestState` of a server's options. The key is this process's, so that no other one's state is taken. */
export const conversations = createRequestStateCodec<Conversation>({
  key: randomBytes(32),
  bind: (ctx) => ctx.mcpReq.method,
});

const answer = z.object({ confirm: z.boolean() });
const form = {
  type: 'object' as const,
  properties: { confirm: { type: 'boolean' as const, title: 'Do it', default: false } },
  required: ['confirm'],
};

/** Leaves a tool to ask the person first. */
export class Question extends Error {
  readonly text: string;

  constructor(text: string) {
    super(`Not asked yet: ${text}`);
    this.text = text;
  }
}

export interface Confirming {
  readonly confirm: Call['confirm'];
  /** The result with which a call ends that left its tool by a Question. */
  readonly ask: (question: Question) => Promise<InputRequiredResult>;
}

/** Of one call of a tool with one input. */
export function confirming(
  ctx: ServerContext,
  capabilities: ClientCapabilities | undefined,
  tool: string,
  input: unknown,
): Confirming {
  const of = digestOf([tool, input]);
  const before = ctx.mcpReq.requestState<Conversation>();
  const answered = before?.of === of ? { ...before.answered, ...answerTo(before.asked, ctx) } : {};
  return {
    confirm: (text) => {
      if (!canBeAsked(capabilities)) return Promise.resolve('unasked');
      const agreed = answered[digestOf(text)];
      if (agreed === undefined) return Promise.reject(new Question(text));
      return Promise.resolve(agreed ? 'agreed' : 'declined');
    },
    ask: async ({ text }) =>
      inputRequired({
        inputRequests: { confirm: inputRequired.elicit({ message: text, requestedSchema: form }) },
        requestState: await conversations.mint({ of, answered, asked: digestOf(text) }, ctx),
      }),
  };
}

/** Whoever refuses, closes the form or leaves the box unticked has not agreed; without any response it is still open. */
function answerTo(asked: string, ctx: ServerContext): Readonly<Record<string, boolean>> {
  const { inputResponses } = ctx.mcpReq;
  if (inputResponses?.['confirm'] === undefined) return {};
  return { [asked]: acceptedContent(inputResponses, 'confirm', answer)?.confirm === true };
}

/** A client that names no kind of elicitation has forms. */
const canBeAsked = (capabilities: ClientCapabilities | undefined): boolean =>
  capabilities?.elicitation !== undefined &&
  (capabilities.elicitation.form !== undefined || capabilities.elicitation.url === undefined);

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url');
