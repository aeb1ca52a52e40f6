import { z } from 'zod';

/** The window of a question, the same in every tool; `resolveWindow` understands it. */
export const windowInput = {
  from: z
    .string()
    .optional()
    .describe(
      'ISO 8601, "09:00", "yesterday 22:00" or "-2h"; or, without to, a whole window: "yesterday 22:00-06:00", "last 2 h", "monday"',
    ),
  to: z.string().optional().describe('End, not included; as a moment of from'),
  time_zone: z.string().optional().describe("IANA name such as Europe/Berlin; default: the machine's"),
};
