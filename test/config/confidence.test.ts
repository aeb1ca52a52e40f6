import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { parseSource } from '../../src/source/parseSource.ts';

/** A file whose camera has these lines, the first of which is line 4. */
const parse = (...lines: string[]) => {
  const text = ['cameras:', '  - id: gate', '    source: test:ball', ...lines.map((line) => `    ${line}`)];
  return parseConfig(text.join('\n'), '/srv/argus.yaml', {}, parseSource);
};

describe('the confidence of a camera', () => {
  const confidence = (text: string) => parse(`confidence: ${text}`).cameras[0]?.confidence;

  it('may be a number for all classes', () => {
    expect(confidence('0.4')).toEqual({ default: 0.4, classes: new Map() });
    expect(confidence('1')).toEqual({ default: 1, classes: new Map() });
  });

  it('may be a number for each class, with or without one for the others', () => {
    const classes = new Map([
      ['car', 0.6],
      ['traffic light', 0],
    ]);
    expect(confidence('{default: 0.4, car: 0.6, traffic light: 0}')).toEqual({ default: 0.4, classes });
    expect(confidence('{car: 0.6, traffic light: 0}')).toEqual({ classes });
  });

  it.each<[string, string[], string[]]>([
    [
      'numbers out of range, and a text',
      ['confidence:', '  default: 40', '  car: -0.1', '  person: high', '  dog: 0.5'],
      [
        '5: cameras[0].confidence.default: found 40, confidence is a number from 0 to 1',
        '6: cameras[0].confidence.car: found -0.1, confidence is a number from 0 to 1',
        '7: cameras[0].confidence.person: found "high", confidence is a number from 0 to 1',
      ],
    ],
    [
      'no class',
      ['confidence: {}'],
      [
        '4: cameras[0].confidence: found an empty mapping, name a class such as person: 0.4, or leave confidence out',
      ],
    ],
    [
      'all other classes and no other class',
      ['confidence:', '  default: 0.4'],
      ['4: cameras[0].confidence: found a default alone, write it as the number: confidence: 0.4'],
    ],
    [
      'a list',
      ['confidence: [0.4]'],
      [
        '4: cameras[0].confidence: found a list of 1, confidence is a number from 0 to 1, or a mapping of class names to such numbers, with a default for the others',
      ],
    ],
    [
      'nothing',
      ['confidence:'],
      [
        '4: cameras[0].confidence: found nothing, confidence is a number from 0 to 1, or a mapping of class names to such numbers, with a default for the others',
      ],
    ],
  ])('cannot be %s', (_, lines, expected) => {
    const said = expected.map((line) => `/srv/argus.yaml:${line}`).join('\n');
    expect(() => parse(...lines)).toThrow(`${said}. Correct the file and start again.`);
  });
});
