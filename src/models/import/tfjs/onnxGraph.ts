import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../../../onnx/write.ts';
import { activationOf, at, dimsWithPadding, naturalAxes } from './activation.ts';
import type { Activation } from './activation.ts';

type MutableNode = OnnxNode & { readonly inputs: string[] };

/** ONNX operators by the number of this operator set: the last in which no operator used here changed. */
const opset = 13;

/** Collects the nodes and constants of the ONNX graph under names that are used once. */
export class OnnxGraph {
  readonly #nodes: MutableNode[] = [];
  readonly #constants: OnnxTensor[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #names: Set<string>;

  /** The names of the outputs are kept free for them. */
  constructor(outputNames: readonly string[]) {
    this.#names = new Set(outputNames);
  }

  addInput(name: string, dims: readonly number[]): Activation {
    this.#inputs.push({ name, dims });
    this.#names.add(name);
    return activationOf(name, dims);
  }

  /** Makes the value an output, under one of the names given at the start. */
  addOutput(name: string, value: Activation): void {
    const plain = this.inOrder(value, naturalAxes(value.dims.length));
    this.#nodes.push({ opType: 'Identity', name, inputs: [plain.name], outputs: [name], attributes: {} });
    this.#outputs.push({ name, dims: plain.dims });
  }

  /** A node of one output, of float32 unless the caller says otherwise of the result. */
  addNode(
    opType: string,
    name: string,
    inputs: readonly string[],
    dims: readonly number[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): Activation {
    return this.addNodeOfMany(opType, name, inputs, [dims], attributes)[0] as Activation;
  }

  /** A node of several outputs, one for each shape. */
  addNodeOfMany(
    opType: string,
    name: string,
    inputs: readonly string[],
    shapes: readonly (readonly number[])[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
  ): Activation[] {
    const outputs = shapes.map((dims) => activationOf(this.#unique(name), dims));
    this.#nodes.push({
      opType,
      name: outputs[0]?.name ?? name,
      inputs: [...inputs],
      outputs: outputs.map((output) => output.name),
      attributes,
    });
    return outputs;
  }

  addFloats(name: string, dims: readonly number[], data: Float32Array): string {
    return this.#addConstant(name, dims, data);
  }

  /** A list unless a shape is given. */
  addIntegers(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#addConstant(name, dims, BigInt64Array.from(values, BigInt));
  }

  /** Adds a bias of one value per channel to the convolution that made the value. */
  addBias(convolution: Activation, bias: string): void {
    this.#nodes.find(({ outputs }) => outputs.includes(convolution.name))?.inputs.push(bias);
  }

  /** The value with its padding done and its ONNX axes such that TensorFlow's axis k is axis `axes[k]`. */
  inOrder(value: Activation, axes: readonly number[]): Activation {
    return this.padded(this.inOrderUnpadded(value, axes));
  }

  /** As `inOrder`, with padding left to the caller. */
  inOrderUnpadded(value: Activation, axes: readonly number[]): Activation {
    if (axes.every((axis, k) => axis === value.axes[k])) return value;
    // ONNX axis axes[k] of the result is ONNX axis value.axes[k] of the value.
    const order: number[] = [];
    axes.forEach((axis, k) => (order[axis] = at(value.axes, k)));
    const reorder = (list: readonly number[]) => order.map((axis) => at(list, axis));
    const transposed = this.addNode(
      'Transpose',
      `${value.name}/transposed`,
      [value.name],
      reorder(value.dims),
      { perm: { ints: order } },
    );
    const { type, padding } = value;
    if (padding === undefined) return { ...transposed, type, axes };
    const { before, after } = padding;
    return {
      ...transposed,
      type,
      axes,
      padding: { ...padding, before: reorder(before), after: reorder(after) },
    };
  }

  /** The value with its padding done. */
  padded(value: Activation): Activation {
    const { padding, ...bare } = value;
    if (padding === undefined) return bare;
    const name = `${value.name}/padded`;
    const pads = this.addIntegers(`${name}/pads`, [...padding.before, ...padding.after]);
    const fill = this.addFloats(`${name}/value`, [], Float32Array.of(padding.value));
    const made = this.addNode('Pad', name, [value.name, pads, fill], dimsWithPadding(value));
    return { ...made, axes: value.axes };
  }

  toModel(name: string, producer: string): OnnxModel {
    return {
      name,
      producer,
      opset,
      nodes: this.#nodes,
      constants: this.#constants,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  #addConstant(name: string, dims: readonly number[], data: OnnxTensor['data']): string {
    const unique = this.#unique(name);
    this.#constants.push({ name: unique, dims, data });
    return unique;
  }

  #unique(name: string): string {
    let unique = name;
    for (let n = 1; this.#names.has(unique); n++) unique = `${name}_${n}`;
    this.#names.add(unique);
    return unique;
  }
}
