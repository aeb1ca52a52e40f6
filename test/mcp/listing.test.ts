import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toldInput, toldOutput } from '../../src/mcp/listing.ts';

describe('a tool is told to clients', () => {
  const input = z.object({
    camera: z.string().min(1).describe('Id or name'),
    limit: z.int().min(1).max(50).default(10),
    n: z.int().optional(),
    zone: z.union([z.string(), z.strictObject({ polygon: z.array(z.number()) })]).optional(),
  });

  it('with what a model needs to fill in its input, and no more', () => {
    expect(toldInput(input)).toEqual({
      type: 'object',
      properties: {
        camera: { type: 'string', description: 'Id or name' },
        limit: { type: 'integer', maximum: 50, default: 10 },
        n: { type: 'integer' },
        zone: { anyOf: [{ type: 'string' }, { type: 'object' }] },
      },
      required: ['camera'],
    });
  });

  it('with the names and types of its output, one level deep, in words of which no data is wrong', () => {
    const output = z.object({
      count: z.int().min(0).describe('Of all'),
      window: z.object({ from: z.string().describe('ISO'), gaps: z.object({ n: z.int() }) }),
      events: z.array(z.object({ id: z.string(), at: z.array(z.number()) })).optional(),
      note: z.union([z.string(), z.object({})]),
    });
    expect(toldOutput(output)).toEqual({
      type: 'object',
      properties: {
        count: { type: 'integer' },
        window: { type: 'object' },
        events: { type: 'array', items: { type: 'object' } },
        note: {},
      },
      required: ['count', 'window', 'note'],
    });
  });
});
