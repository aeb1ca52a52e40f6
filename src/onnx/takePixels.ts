import { dataTypes, floatTensor, intAttribute } from './constants.ts';
import type { GraphMessage, ModelMessage, NodeMessage, ValueInfo } from './model.ts';

/** What a network wants to see of a pixel of 0–255: (pixel − mean) / std, a value per channel. */
export interface PixelScale {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Changes a model so that it takes planar pixels as bytes, `[batch, 3, height, width]` uint8, and gives float32: the
 * arithmetic on pixels, and the conversions of a float16 model, become nodes of the graph. A fourth of the bytes goes
 * in, and the thread that runs it has nothing to compute. The model is changed in place.
 */
export function takePixels({ graph }: ModelMessage, { mean, std }: PixelScale): void {
  const input = graph.input[0];
  const type = input?.type?.tensorType;
  if (!input || !type) throw new Error('the graph has no tensor for input');
  const free = freeNames(graph);
  const pixels = free('pixels');
  const chain = new Chain(free, pixels);

  chain.add('Cast', [], [intAttribute('to', dataTypes.float32)]);
  const perChannel = (name: string, values: readonly number[]): string => {
    const constant = floatTensor(free(name), [1, values.length, 1, 1], Float32Array.from(values));
    graph.initializer.push(constant);
    return constant.name;
  };
  if (mean.some((value) => value !== 0)) chain.add('Sub', [perChannel('mean', mean)]);
  if (std.some((value) => value !== 1))
    chain.add('Mul', [
      perChannel(
        'scale',
        std.map((value) => 1 / value),
      ),
    ]);
  if (type.elemType === dataTypes.float16) chain.add('Cast', [], [intAttribute('to', dataTypes.float16)]);

  graph.node.unshift(...chain.endingIn(input.name));
  graph.input[0] = { name: pixels, type: { tensorType: { ...type, elemType: dataTypes.uint8 } } };
  for (const output of graph.output) giveFloat32(graph, output, free);
}

/** Nodes in a row, each fed by the one before. */
class Chain {
  readonly #nodes: NodeMessage[] = [];
  readonly #free: (name: string) => string;
  #last: string;

  constructor(free: (name: string) => string, first: string) {
    this.#free = free;
    this.#last = first;
  }

  add(opType: string, others: readonly string[], attribute: NodeMessage['attribute'] = []): void {
    const output = this.#free(opType.toLowerCase());
    this.#nodes.push({ opType, name: output, input: [this.#last, ...others], output: [output], attribute });
    this.#last = output;
  }

  endingIn(name: string): NodeMessage[] {
    const last = this.#nodes.at(-1);
    if (last) last.output = [name];
    return this.#nodes;
  }
}

/** Converts a float16 output behind the network; its name stays. */
function giveFloat32(graph: GraphMessage, output: ValueInfo, free: (name: string) => string): void {
  const type = output.type?.tensorType;
  if (type?.elemType !== dataTypes.float16) return;
  const half = free('half');
  const rename = (name: string) => (name === output.name ? half : name);
  for (const node of graph.node) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  graph.node.push({
    opType: 'Cast',
    name: free('float'),
    input: [half],
    output: [output.name],
    attribute: [intAttribute('to', dataTypes.float32)],
  });
  type.elemType = dataTypes.float32;
}

/** Makes names that the graph does not use. */
function freeNames(graph: GraphMessage): (name: string) => string {
  const taken = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.input.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  return (name) => {
    let free = `argus/${name}`;
    for (let n = 2; taken.has(free); n++) free = `argus/${name}_${n}`;
    taken.add(free);
    return free;
  };
}
