import { createRequire } from 'node:module';
import * as z from 'zod';

const packageFile = z.object({ version: z.string() });

/** Of this package. */
export const version: string = packageFile.parse(
  createRequire(import.meta.url)('../../package.json'),
).version;
