import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../../../onnx/write.ts';
import type { IrConstant } from './readIr.ts';

/** A tensor of the ONNX graph; what is known before the network runs is a constant. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
  readonly constant?: IrConstant;
}

/** The last operator set in which none of the operators used here had changed yet. */
const opset = 13;

/** Collects the nodes and constants of the ONNX graph, each under a name of its own. */
export class OnnxGraph {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: OnnxTensor[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #names: Set<string>;

  /** The names of the outputs are kept free for them. */
  constructor(outputNames: readonly string[]) {
    this.#names = new Set(outputNames);
  }

  addInput(name: string, dims: readonly number[]): Value {
    const free = this.#free(name);
    this.#inputs.push({ name: free, dims });
    return { name: free, dims };
  }

  /** Makes the value an output, under one of the names given at the start. */
  addOutput(name: string, { name: from, dims }: Value): void {
    this.#nodes.push({ opType: 'Identity', name, inputs: [from], outputs: [name], attributes: {} });
    this.#outputs.push({ name, dims });
  }

  addConstant(name: string, constant: IrConstant): Value {
    const free = this.#free(name);
    this.#constants.push({ name: free, ...constant });
    return { name: free, dims: constant.dims, constant };
  }

  addNode(
    opType: string,
    name: string,
    inputs: readonly Value[],
    dims: readonly number[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): Value {
    const free = this.#free(name);
    const inputNames = inputs.map((input) => input.name);
    this.#nodes.push({ opType, name: free, inputs: inputNames, outputs: [free], attributes });
    return { name: free, dims };
  }

  toModel(name: string, producer: string): OnnxModel {
    // Of what other constants were made, and what only gave a shape, is not needed.
    const used = new Set(this.#nodes.flatMap(({ inputs }) => inputs));
    return {
      name,
      producer,
      opset,
      nodes: this.#nodes,
      constants: this.#constants.filter((constant) => used.has(constant.name)),
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  #free(name: string): string {
    let free = name;
    for (let n = 2; this.#names.has(free); n++) free = `${name}_${n}`;
    this.#names.add(free);
    return free;
  }
}
