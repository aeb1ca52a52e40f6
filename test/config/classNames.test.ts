import { expect, it } from 'vitest';
import { checkClassNames } from '../../src/config/classNames.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { DetectorManifest } from '../../src/config/manifest.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { loadDetector } from '../../src/models/manifests.ts';
import { parseSource } from '../../src/source/parseSource.ts';

const coco = loadDetector('yolox-nano');
const birds: DetectorManifest = { ...coco, id: 'birds', classes: ['blue tit', 'robin'] };

/** Compares a camera of these lines, the first of which is line 4 of the file. */
function check(manifest: DetectorManifest, lines: readonly string[], env: Record<string, string> = {}): void {
  const text = ['cameras:', '  - id: gate', '    source: test:ball', ...lines.map((line) => `    ${line}`)];
  checkClassNames(parseConfig(text.join('\n'), '/srv/argus.yaml', env, parseSource).classNames, manifest);
}

it('classes of the model may be asked for, and cameras that ask for none', () => {
  check(coco, ['classes: [person, traffic light]', 'confidence: {default: 0.3, car: 0.6}']);
  check(coco, ['confidence: 0.3']);
  check(coco, []);
});

it('a class that the model does not have is named with file, line, key and camera, and the nearest there is', () => {
  const asked = () =>
    check(coco, ['classes:', '  - person', '  - Cars', 'confidence:', '  default: 0.4', '  persn: 0.2']);
  expect(asked).toThrow(ArgusError);
  expect(asked).toThrow(
    '/srv/argus.yaml:6: cameras[0].classes[1]: camera gate asks for the class "Cars" (did you mean car?), which yolox-nano does not have\n' +
      '/srv/argus.yaml:9: cameras[0].confidence.persn: camera gate asks for the class "persn" (did you mean person?), which yolox-nano does not have. ' +
      'List its classes with: argus models classes yolox-nano',
  );
});

it('no class is guessed when none is near', () =>
  expect(() => check(coco, ['classes: [dragon]'])).toThrow(
    /the class "dragon", which yolox-nano does not have/,
  ));

it('the classes are those of the model, also when it has its own', () => {
  check(birds, ['classes: [robin]', 'confidence: {blue tit: 0.3}']);
  expect(() => check(birds, ['classes: [person]'])).toThrow(
    /argus\.yaml:4: .*"person", which birds does not/,
  );
  expect(() => check(birds, ['confidence: {bluetit: 0.3}'])).toThrow(
    /confidence\.bluetit: .*did you mean blue tit\?/,
  );
});

it('what a variable holds is not shown', () =>
  expect(() => check(coco, ['classes: ["${WHAT}"]'], { WHAT: 'S3CRET' })).toThrow(
    /asks for the class "\$\{WHAT\}", which/,
  ));
