import { iou } from '../domain/box.ts';
import type { Sight } from './association.ts';

/** From this intersection over union on, two boxes of different labels are of one object: of one kind, and of any two. */
const minIou = { sameKind: 0.55, anyKind: 0.75 } as const;

/**
 * Finds detections that are a second opinion of a surer one: the same object under another label, such as a car that is
 * also taken for a truck. Detectors suppress overlaps within one label only, and those without suppression not even there.
 *
 * @param sameKind whether detectors take one label for the other
 * @returns the double, and the surer detection of the same object
 */
export function findDoubles(
  sights: readonly Sight[],
  sameKind: (a: string, b: string) => boolean,
): Map<Sight, Sight> {
  const doubles = new Map<Sight, Sight>();
  const kept: Sight[] = [];
  for (const sight of sights.toSorted((a, b) => b.detection.confidence - a.detection.confidence)) {
    const { box, label } = sight.detection;
    const surer = kept.find(({ detection: other }) => {
      if (other.label === label) return false;
      return iou(box, other.box) > (sameKind(label, other.label) ? minIou.sameKind : minIou.anyKind);
    });
    if (surer) doubles.set(sight, surer);
    else kept.push(sight);
  }
  return doubles;
}
