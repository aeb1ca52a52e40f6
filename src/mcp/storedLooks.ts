import { TrackSearch } from '../identify/trackSearch.ts';
import type { AppearanceExtent } from '../store/appearances.ts';
import type { Reader } from '../store/reader.ts';

const none: AppearanceExtent = { count: 0, last: 0, timeSum: 0, lastTrack: '' };

/**
 * The looks that a store has, by descriptor, in memory: reading a hundred thousand of them takes longer than a
 * question may. What is new is read when it is asked for; when any were deleted all are read anew, so that nothing
 * deleted stays in memory longer than until the next question.
 */
class StoredLooks {
  #searches = new Map<string, TrackSearch>();
  #extent = none;

  search(reader: Reader, descriptor: string): TrackSearch | undefined {
    reader.snapshot(() => this.#refresh(reader));
    return this.#searches.get(descriptor);
  }

  #refresh(reader: Reader): void {
    const extent = reader.appearanceExtent();
    if (isSame(extent, this.#extent)) return;
    if (!isSame(reader.appearanceExtent(this.#extent.last), this.#extent)) {
      this.#searches = new Map();
      this.#extent = none;
    }
    const fresh = reader.appearances({ after: this.#extent.last });
    for (const descriptor of new Set(fresh.map((one) => one.descriptor))) {
      const of = fresh.filter((one) => one.descriptor === descriptor);
      const search = this.#searches.get(descriptor) ?? new TrackSearch(of[0]?.vector.length ?? 1);
      search.append(of);
      this.#searches.set(descriptor, search);
    }
    this.#extent = extent;
  }
}

const isSame = (a: AppearanceExtent, b: AppearanceExtent): boolean =>
  a.count === b.count && a.last === b.last && a.timeSum === b.timeSum && a.lastTrack === b.lastTrack;

const ofReaders = new WeakMap<Reader, StoredLooks>();

/** All stored looks by a descriptor, ready to be searched; undefined where there are none. */
export function storedLooks(reader: Reader, descriptor: string): TrackSearch | undefined {
  const looks = ofReaders.get(reader) ?? new StoredLooks();
  ofReaders.set(reader, looks);
  return looks.search(reader, descriptor);
}
