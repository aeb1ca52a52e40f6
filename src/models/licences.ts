import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

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

export function acceptLicence(cacheFolder: string, licence: string): void {
  mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
  const all = new Set([...acceptedLicences(cacheFolder), licence]);
  writeFileSync(licenceFile(cacheFolder), JSON.stringify([...all]));
}

const licenceFile = (cacheFolder: string): string => join(cacheFolder, 'licences.json');
