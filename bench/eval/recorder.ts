/** Notes what each call of an agent costs. */
import { loadImage } from '@napi-rs/canvas';
import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { Refused, type Ask } from './ask.ts';
import { tokensOf } from './tokens.ts';

const answerSchema = z.object({
  content: z.array(
    z.union([
      z.object({ type: z.literal('text'), text: z.string() }),
      z.object({ type: z.literal('image'), data: z.base64(), mimeType: z.string() }),
      z.object({ type: z.literal('resource_link'), uri: z.string(), name: z.string() }),
    ]),
  ),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});
type Answer = z.infer<typeof answerSchema>;

/** What one answer costs. */
export interface Cost {
  readonly tool: string;
  /** Of text, links and structured content together: a host gives its model one of them or both. */
  readonly tokens: number;
  /** Width × height / 750, which is about what a model is charged for. */
  readonly pictureTokens: number;
  /** Of all content as it is sent, pictures in base64. */
  readonly bytes: number;
  readonly ms: number;
}

const pixelsPerToken = 750;

/** An `ask` that calls the server of a client, and the costs of its calls so far. */
export function recorder(client: Client): { readonly ask: Ask; readonly costs: readonly Cost[] } {
  const costs: Cost[] = [];
  const ask: Ask = async ({ name, output }, args) => {
    const began = performance.now();
    const answer = answerSchema.parse(await client.callTool({ name, arguments: args }));
    const ms = performance.now() - began;
    const pictures = answer.content.flatMap((part) =>
      part.type === 'image' ? [Buffer.from(part.data, 'base64')] : [],
    );
    costs.push({ tool: name, ...(await costOf(answer, pictures)), ms });
    const text = answer.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    if (answer.isError === true) throw new Refused(`${name}: ${text}`);
    return { structured: output.parse(answer.structuredContent), text, pictures };
  };
  return { ask, costs };
}

async function costOf({ content, structuredContent }: Answer, pictures: readonly Buffer[]) {
  const words = content.filter(({ type }) => type !== 'image');
  const texts = words.map((part) => (part.type === 'text' ? part.text : part));
  const tokens = [...texts, structuredContent ?? ''].reduce((sum, part) => sum + tokensOf(part), 0);
  const sizes = await Promise.all(pictures.map((picture) => loadImage(picture)));
  const pixels = sizes.reduce((sum, { width, height }) => sum + width * height, 0);
  return {
    tokens,
    pictureTokens: Math.ceil(pixels / pixelsPerToken),
    bytes: Buffer.byteLength(JSON.stringify({ content, structuredContent })),
  };
}
