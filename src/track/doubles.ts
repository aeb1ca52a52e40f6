import { iou } from '../domain/box.ts';
import type { Sight } from './association.ts';

/** From this intersection over union on, two boxes of different labels are of one object: of one kind, and of any two. */
const minIou = { sameKind: 0.55, anyKind: 0.75 } as const;

/**
 * Finds detections that are a second opinion of a better one: the same object under another label, such as a car that is
 * also taken for a truck. Detectors suppress overlaps within one label only, and those without suppression not even there.
 * Better is what is expected there, by the tracks so far, and of several the surer.
 *
 * @param sameKind whether detectors take one label for the other
 * @param isExpected whether a track of that kind is there
 * @returns the double, and the better detection of the same object
 */
export function findDoubles(
  sights: readonly Sight[],
  sameKind: (a: string, b: string) => boolean,
  isExpected: (sight: Sight) => boolean,
): Map<Sight, Sight> {
  const doubles = new Map<Sight, Sight>();
  const kept: Sight[] = [];
  const ranked = sights
    .map((sight) => ({ sight, rank: sight.detection.confidence + (isExpected(sight) ? 1 : 0) }))
    .sort((a, b) => b.rank - a.rank);
  for (const { sight } of ranked) {
    const { box, label } = sight.detection;
    const better = kept.find(({ detection: other }) => {
      if (other.label === label) return false;
      return iou(box, other.box) > (sameKind(label, other.label) ? minIou.sameKind : minIou.anyKind);
    });
    if (better) doubles.set(sight, better);
    else kept.push(sight);
  }
  return doubles;
}
