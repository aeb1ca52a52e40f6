import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ArgusError, messageOf } from '../domain/errors.ts';

/** Licences that ask more of those who pass Argus on, or offer it over a network, than to name the author. */
export const asksForSource = (licence: string): boolean => /^A?GPL/i.test(licence);

export const whyAccept = (licence: string): string =>
  `licence ${licence}: offer its users the source of what you build on it, also over a network`;

/** Licences that the user has accepted for this data folder. */
export function acceptedLicences(cacheFolder: string): string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(readFileSync(licenceFile(cacheFolder), 'utf8')));
  } catch {
    // Missing or damaged: it is asked for again.
    return [];
  }
}

/** Remembers it for this data folder. @throws ArgusError when the folder cannot be written. */
export function acceptLicence(cacheFolder: string, licence: string): void {
  const all = new Set([...acceptedLicences(cacheFolder), licence]);
  try {
    mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
    writeFileSync(licenceFile(cacheFolder), JSON.stringify([...all]));
  } catch (error) {
    throw new ArgusError(
      `That licence ${licence} is accepted cannot be noted: ${messageOf(error)}.`,
      'Free some room, or name a data folder that may be written with --data.',
      { cause: error },
    );
  }
}

const licenceFile = (cacheFolder: string): string => join(cacheFolder, 'licences.json');
