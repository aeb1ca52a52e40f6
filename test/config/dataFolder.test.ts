import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { dataFolder } from '../../src/config/dataFolder.ts';

it.each([
  ['--data first', { flag: '/flag', env: { ARGUS_DATA: '/env', XDG_STATE_HOME: '/xdg' } }, '/flag'],
  ['then ARGUS_DATA', { env: { ARGUS_DATA: '/env', XDG_STATE_HOME: '/xdg' } }, '/env'],
  ['then the XDG state folder', { env: { XDG_STATE_HOME: '/xdg' } }, '/xdg/argus'],
  ['then its default', { env: { HOME: '/home/me' } }, '/home/me/.local/state/argus'],
  ['the home of the user without HOME', { env: {} }, `${homedir()}/.local/state/argus`],
  [
    'no empty text',
    { flag: '', env: { ARGUS_DATA: '', XDG_STATE_HOME: '', HOME: '/h' } },
    '/h/.local/state/argus',
  ],
  ['no relative XDG folder', { env: { XDG_STATE_HOME: 'state', HOME: '/h' } }, '/h/.local/state/argus'],
  ['absolute paths', { flag: 'data', env: {} }, resolve('data')],
])('takes %s', (_, given, root) => {
  expect(dataFolder(given)).toEqual({
    root,
    database: `${root}/argus.db`,
    audit: `${root}/audit.jsonl`,
    stills: `${root}/stills`,
    weights: `${root}/weights`,
    models: `${root}/models`,
    engines: `${root}/engines`,
    token: `${root}/token`,
  });
});
