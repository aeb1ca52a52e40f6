/**
 * Dot products of one vector of 16-bit numbers with many of 8-bit ones, in WebAssembly: its SIMD makes eight products
 * with one instruction, JavaScript one. The program is written here, instruction by instruction, so that nothing has to
 * be compiled or installed.
 */

/** Rows whose products are made at once. */
export const rowsAtOnce = 4096;
/** Numbers in one turn of the inner loop; rows are filled up to whole turns with zeros. */
const numbersPerTurn = 32;

/** Rows of 8-bit numbers in the memory of WebAssembly, which are only added to. */
export class Int8Rows {
  readonly #dimensions: number;
  readonly #stride: number;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #multiply: Multiply;
  /** Byte offsets: the query, the products of `rowsAtOnce` rows, then the rows. */
  readonly #productsAt: number;
  readonly #rowsAt: number;

  /** @param dimensions numbers in a row, at least 1 */
  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#stride = Math.ceil(dimensions / numbersPerTurn) * numbersPerTurn;
    this.#productsAt = this.#stride * Int16Array.BYTES_PER_ELEMENT;
    this.#rowsAt = this.#productsAt + rowsAtOnce * Int32Array.BYTES_PER_ELEMENT;
    this.#multiply = instantiate(this.#memory);
    this.makeRoomFor(0);
  }

  /** Sees to it that there is memory for so many rows. Throws a RangeError at 4 GiB. */
  makeRoomFor(rows: number): void {
    const missing = this.#rowsAt + rows * this.#stride - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
  }

  /** The numbers of a row, to be written. To be asked for anew after `makeRoomFor`. */
  row(index: number): Int8Array {
    return new Int8Array(this.#memory.buffer, this.#rowsAt + index * this.#stride, this.#dimensions);
  }

  /** What rows are multiplied with, to be written. To be asked for anew after `makeRoomFor`. */
  query(): Int16Array {
    return new Int16Array(this.#memory.buffer, 0, this.#dimensions);
  }

  /**
   * The products of the query with rows one after another; valid until the next call. A product must fit 32 bits.
   * @param count 1 to `rowsAtOnce`
   */
  products(first: number, count: number): Int32Array {
    const from = this.#rowsAt + first * this.#stride;
    this.#multiply(from, from + count * this.#stride, 0, this.#productsAt, this.#productsAt);
    return new Int32Array(this.#memory.buffer, this.#productsAt, count);
  }
}

/** Byte offsets. */
type Multiply = (rows: number, rowsEnd: number, query: number, queryEnd: number, products: number) => void;

/** What is used of a global that Node has, and the types of ECMAScript and of Node have not. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  readonly Module: new (program: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

const pageBytes = 65_536;

function instantiate(memory: unknown): Multiply {
  const module = new WebAssembly.Module(programOf(multiplyBody));
  const { exports } = new WebAssembly.Instance(module, { '': { '': memory } });
  return exports[''] as Multiply;
}

// The encoding below follows https://webassembly.github.io/spec/core/binary/

type Code = readonly number[];

const signed = (value: number): Code =>
  value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
const unsigned = (value: number): Code =>
  value < 128 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];

const type = { i32: 0x7f, v128: 0x7b, none: 0x40, function: 0x60 };
const localGet = (local: number): Code => [0x20, ...unsigned(local)];
const localSet = (local: number): Code => [0x21, ...unsigned(local)];
const i32Const = (value: number): Code => [0x41, ...signed(value)];
const i32Add: Code = [0x6a];
const i32LessUnsigned: Code = [0x49];
const i32Store: Code = [0x36, 2, 0];
const simd = (operation: number): Code => [0xfd, ...unsigned(operation)];
const v128Load = (offset: number): Code => [...simd(0x00), 4, ...unsigned(offset)];
/** Eight bytes as eight 16-bit numbers. */
const v128Load8x8Signed = (offset: number): Code => [...simd(0x01), 3, ...unsigned(offset)];
const v128Zero: Code = [...simd(0x0c), ...new Array<number>(16).fill(0)];
const i32x4ExtractLane = (lane: number): Code => [...simd(0x1b), lane];
const i32x4Add = simd(0xae);
/** Eight products of 16-bit numbers, added in pairs to four 32-bit numbers. */
const i32x4DotI16x8 = simd(0xba);

const [row, rowsEnd, query, queryEnd, product, part] = [0, 1, 2, 3, 4, 5];
/** Four, so that no addition waits for the one before it. */
const sums = [6, 7, 8, 9] as const;

/** The code, and again as long as the local is less than the end. */
const repeatWhileLess = (code: readonly Code[], local: number, end: number): Code => [
  ...[0x03, type.none],
  ...code.flat(),
  ...[...localGet(local), ...localGet(end), ...i32LessUnsigned, 0x0d, 0],
  0x0b,
];
const advance = (local: number, bytes: number): Code => [
  ...[...localGet(local), ...i32Const(bytes), ...i32Add],
  ...localSet(local),
];
const multiplyEight = (sum: number, nth: number): Code => [
  ...[...localGet(row), ...v128Load8x8Signed(8 * nth)],
  ...[...localGet(part), ...v128Load(16 * nth)],
  ...[...i32x4DotI16x8, ...localGet(sum), ...i32x4Add, ...localSet(sum)],
];
const multiplyBody: Code = repeatWhileLess(
  [
    [...localGet(query), ...localSet(part)],
    ...sums.map((sum) => [...v128Zero, ...localSet(sum)]),
    repeatWhileLess(
      [...sums.map(multiplyEight), advance(row, numbersPerTurn), advance(part, 2 * numbersPerTurn)],
      part,
      queryEnd,
    ),
    localGet(product),
    ...sums.map(localGet),
    [...i32x4Add, ...i32x4Add, ...i32x4Add, ...localSet(sums[0])],
    ...[0, 1, 2, 3].map((lane) => [...localGet(sums[0]), ...i32x4ExtractLane(lane)]),
    [...i32Add, ...i32Add, ...i32Add, ...i32Store],
    advance(product, Int32Array.BYTES_PER_ELEMENT),
  ],
  row,
  rowsEnd,
);

/** A module with one function of five i32, which takes the memory; both have the empty name. */
function programOf(body: Code): Uint8Array {
  const sized = (content: Code): Code => [...unsigned(content.length), ...content];
  const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];
  const locals = list([
    [1, type.i32],
    [sums.length, type.v128],
  ]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[type.function, ...list(new Array<Code>(5).fill([type.i32])), 0]]),
    ...section(2, [[0, 0, 0x02, 0, 1]]),
    ...section(3, [[0]]),
    ...section(7, [[0, 0, 0]]),
    ...section(10, [sized([...locals, ...body, 0x0b])]),
  ]);
}
