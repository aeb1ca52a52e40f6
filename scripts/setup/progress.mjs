// One line per step: a ticking line on a terminal, a start and an end line (and a sign of life) elsewhere.

const tickMs = 200;
const signOfLifeMs = 20_000;

/**
 * Runs `work` and shows that it is running. `work` gets `note` to say how far it is, and returns what to say at the end.
 * @template T
 * @param {string} title
 * @param {(note: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startMs = performance.now();
  let lastNote = '';
  const state = () => [lastNote, elapsed(startMs)].filter(Boolean).join(' · ');

  const terminal = process.stderr.isTTY;
  if (!terminal) console.error(`… ${title}`);
  const ticker = setInterval(
    () => (terminal ? overwrite(`… ${title} · ${state()}`) : console.error(`  ${state()}`)),
    terminal ? tickMs : signOfLifeMs,
  );
  const finish = (/** @type {string} */ mark) => {
    clearInterval(ticker);
    if (terminal) overwrite('');
    console.error(`${mark} ${title} (${elapsed(startMs)})`);
  };
  try {
    const result = await work((text) => (lastNote = text));
    finish('✓');
    return result;
  } catch (error) {
    finish('✗');
    throw error;
  }
}

/** @param {string} text */
function overwrite(text) {
  const width = Math.max(20, (process.stderr.columns ?? 80) - 1);
  process.stderr.write(`\r\x1b[2K${text.slice(0, width)}`);
}

/** @param {number} startMs */
export function elapsed(startMs) {
  const seconds = (performance.now() - startMs) / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
