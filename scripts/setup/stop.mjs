/** A failure the reader can act on: its message says what happened, to which thing, and what to do next. */
export class Stop extends Error {}

/**
 * Runs a script's main function and ends the process with the exit code it returns (0 when it returns nothing).
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Stop ? `✗ ${error.message}` : error);
    process.exitCode = 1;
  }
}
