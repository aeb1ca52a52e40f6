import type { Video } from '../decode/video.ts';

/** A live source that is silent for so long is taken for dead and connected anew. */
const silenceMs = 10_000;
/** A file of which no frame comes for so long hangs: long enough for a disk that has to wake up, or one over a network. */
const fileSilenceMs = 30_000;
/** A file of which all has come, and which only does not say so, is over by then. */
const fileEndMs = 2_000;

/** Ends a video of which no frame comes. It runs from the start. */
export interface Watchdog {
  /** A frame is awaited from now on. */
  refresh(): void;
  /** No frame is awaited. */
  pause(): void;
}

/** For a live source: nothing else would notice a peer that just fell silent. */
export const silenceWatchdog = (video: Pick<Video, 'fail'>): Watchdog =>
  watchdog(
    () => silenceMs,
    () => video.fail(`no frame for ${silenceMs / 1000} s.`),
  );

/** For a file: some demuxers never say that they are done, and a broken file may keep one busy for ever. */
export const fileWatchdog = (video: Pick<Video, 'fail' | 'finish'>, isAllRead: () => boolean): Watchdog =>
  watchdog(
    () => (isAllRead() ? fileEndMs : fileSilenceMs),
    () => (isAllRead() ? video.finish() : video.fail(`reading gave no frame for ${fileSilenceMs / 1000} s.`)),
  );

function watchdog(patienceMs: () => number, bark: () => Promise<void>): Watchdog {
  let timer: NodeJS.Timeout;
  const watch = () => {
    timer = setTimeout(() => void bark(), patienceMs());
  };
  watch();
  return {
    refresh: () => {
      clearTimeout(timer);
      watch();
    },
    pause: () => clearTimeout(timer),
  };
}
