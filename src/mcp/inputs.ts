import * as z from 'zod';

/* Inputs that many tools share, in as few words as do: each is in every conversation once for every tool. More of them is
 * told in the server's instructions. */

/** The window of a question, the same in every tool; `resolveWindow` understands it. */
export const windowInput = {
  from: z
    .string()
    .optional()
    .describe('ISO 8601, "-2h", "09:00", or alone a window: "yesterday 22:00-06:00"'),
  to: z.string().optional(),
  time_zone: z.string().optional(),
};

export const cameraInput = z.string().optional();
export const camerasInput = z.array(z.string()).optional().describe('Default: all');
/** Of tools that count or rank tracks. */
export const sureInput = {
  min_confidence: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Only tracks detected so surely at least once'),
  include_fixtures: z.boolean().optional().describe('Also things that never move, taken for people'),
};

/** A list of names without commas, so that "person, car" can only be two. */
export const namesInput = z.array(
  z
    .string()
    .min(1)
    .refine((name) => !name.includes(','), 'give each as a string of its own'),
);
export const classesInput = namesInput.optional().describe('E.g. ["person"]');
