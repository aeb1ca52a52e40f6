import type { Chain, ChainSelection } from '../decode/chains.ts';

/** Which chain decodes one camera: the first, until it gives no frame; then the next, for as long as this one gives some. */
export class ChainLadder {
  readonly #chains: readonly Chain[];
  readonly #absent: readonly string[];
  #at = 0;
  #failed: string[] = [];

  /** Throws where there is no chain. */
  constructor({ chains, skipped }: ChainSelection) {
    if (chains.length === 0) throw new Error('there is no way to decode');
    this.#chains = chains;
    this.#absent = skipped.map(({ chain, reason }) => `${chain}: ${reason}`);
  }

  get chain(): Chain {
    return this.#chains[this.#at] as Chain;
  }

  /** Passes over chains that leave pictures lying as they are stored. Returns whether there is another. */
  skipUnturning(): boolean {
    while (!this.chain.inMemory)
      if (!this.stepDown('the pictures are stored turned, which it cannot turn.')) return false;
    return true;
  }

  /** Chains before this one, each with why it is not used. */
  get skipped(): readonly string[] {
    return [...this.#absent, ...this.#failed];
  }

  /**
   * The chain gave no frame. Returns whether there is another to try; else it was the source's fault, and the first is
   * to be tried again.
   */
  stepDown(why: string): boolean {
    const { name } = this.chain;
    if (++this.#at < this.#chains.length) {
      this.#failed.push(`${name}: ${why}`);
      return true;
    }
    this.#at = 0;
    this.#failed = [];
    return false;
  }
}
