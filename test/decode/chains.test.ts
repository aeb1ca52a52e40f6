import { describe, expect, it } from 'vitest';
import { allChains, chooseChains, decoderOf, featureRanks, refusal } from '../../src/decode/chains.ts';

const everything = allChains.flatMap(({ needs }) => needs);
const having = (elements: readonly string[]) => (element: string) => elements.includes(element);
const names = ({ chains }: ReturnType<typeof chooseChains>) => chains.map(({ name }) => name);

describe('of the ways to decode', () => {
  it('auto tries NVIDIA, then VA-API, then software', () => {
    const chosen = chooseChains('auto', having(everything));
    expect(names(chosen)).toEqual(['nvidia', 'va', 'software']);
    expect(chosen.skipped).toEqual([]);
    expect(chosen.chains.at(-1)?.softwareDecodersOnly).toBe(true);
  });

  it('auto skips what is not there, each with its reason', () => {
    const chosen = chooseChains('auto', having(everything.filter((name) => name !== 'cudaconvertscale')));
    expect(names(chosen)).toEqual(['va', 'software']);
    expect(chosen.skipped).toEqual([{ chain: 'nvidia', reason: 'GStreamer has no cudaconvertscale' }]);
  });

  it('auto leaves the decoder to GStreamer where there is no chain of a GPU', () => {
    const chosen = chooseChains('auto', having([]));
    expect(names(chosen)).toEqual(['software']);
    expect(chosen.chains[0]?.softwareDecodersOnly).toBe(false);
    expect(chosen.skipped.map(({ chain }) => chain)).toEqual(['nvidia', 'va']);
  });

  it.each(['nvidia', 'va', 'software'] as const)('%s is the only one when it is asked for', (asked) => {
    expect(names(chooseChains(asked, having(everything)))).toEqual([asked]);
  });

  it.each(['nvidia', 'va'] as const)('%s that is asked for and not there is refused', (asked) => {
    const chosen = chooseChains(asked, having([]));
    expect(chosen.chains).toEqual([]);
    const [what, next] = refusal(chosen);
    for (const element of allChains.find(({ name }) => name === asked)?.needs ?? [])
      expect(what).toContain(element);
    expect(next).toMatch(/^Install .*; or set decoding to auto\.$/);
  });
});

it("the last rank of a decoder is the user's own", () => {
  expect(featureRanks('va', 'nvh264dec:1')).toMatch(/nvh264dec:NONE,.*vah264dec:384,.*,nvh264dec:1$/);
});

it.each([
  ['avdec_mpeg4-0', 'avdec_mpeg4'],
  ['avdec_h264-12', 'avdec_h264'],
  ['nvh264dec0', 'nvh264dec'],
  ['libde265dec3', 'libde265dec'],
  ['decodebin0', undefined],
  ['srtpdec0', undefined],
  ['h264parse0', undefined],
])('the element %s is the decoder %s', (element, decoder) => {
  expect(decoderOf(element)).toBe(decoder);
});
