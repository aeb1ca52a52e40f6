/**
 * A view of a map that copies a value when it is first touched and changes the map only when told to, so that a
 * transaction that fails leaves the map as it was.
 */
export class Overlay<K, V extends object> {
  readonly #base: Map<K, V>;
  /** Undefined: deleted. */
  readonly #touched = new Map<K, V | undefined>();
  readonly #copy: (value: V) => V;

  constructor(base: Map<K, V>, copy: (value: V) => V) {
    this.#base = base;
    this.#copy = copy;
  }

  /** The value, to be changed at will. */
  get(key: K): V | undefined {
    if (this.#touched.has(key)) return this.#touched.get(key);
    const value = this.#base.get(key);
    if (!value) return undefined;
    const copy = this.#copy(value);
    this.#touched.set(key, copy);
    return copy;
  }

  set(key: K, value: V): void {
    this.#touched.set(key, value);
  }

  delete(key: K): void {
    this.#touched.set(key, undefined);
  }

  /** The values that were touched and not deleted. */
  *values(): Generator<V> {
    for (const value of this.#touched.values()) if (value) yield value;
  }

  apply(): void {
    for (const [key, value] of this.#touched) {
      if (value) this.#base.set(key, value);
      else this.#base.delete(key);
    }
  }
}
