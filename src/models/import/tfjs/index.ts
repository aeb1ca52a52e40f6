import { encodeOnnx } from '../../../onnx/write.ts';
import type { OnnxModel } from '../../../onnx/write.ts';
import type { Value } from './activation.ts';
import { notAGraphModel, readGraphModel } from './graphModel.ts';
import type { GraphModel, GraphNode } from './graphModel.ts';
import { OnnxGraph } from './onnxGraph.ts';
import { operators } from './operators.ts';
import { unsupported, untranslated } from './unsupported.ts';

/**
 * Translates a TensorFlow.js graph model into the bytes of an .onnx file in float32: the JSON text and, by the path
 * the JSON gives, its weight files. Transposes between channel orders vanish, padding and biases become part of the
 * convolutions, constant arithmetic is done here.
 * @throws ArgusError naming the operator and node that it does not know.
 */
export const importTfjsGraph = (json: string, readWeights: (path: string) => Uint8Array): Uint8Array =>
  encodeOnnx(translateTfjsGraph(json, readWeights));

/** As `importTfjsGraph`, before it becomes bytes. */
export function translateTfjsGraph(json: string, readWeights: (path: string) => Uint8Array): OnnxModel {
  const model = readGraphModel(json, readWeights);
  const outputName = (reference: string) => reference.replace(/:0$/, '');
  const graph = new OnnxGraph(model.outputs.map(outputName));
  const translator = new Translator(model, graph);
  for (const output of model.outputs) {
    const value = translator.valueOf(output);
    if (value.kind === 'constant') throw untranslated(`the output ${output}, which is a constant`);
    if (value.type !== 'float32')
      throw untranslated(`the output ${output}, which holds ${value.type} values`);
    graph.addOutput(outputName(output), value);
  }
  return graph.toModel('graph', 'argus-vision tfjs importer');
}

/** Translates what is asked for and all that it needs, each node once. */
class Translator {
  readonly #model: GraphModel;
  readonly #graph: OnnxGraph;
  readonly #done = new Map<string, readonly Value[]>();
  /** How often each output is read, by its `name:index`. */
  readonly #readers = new Map<string, number>();

  constructor(model: GraphModel, graph: OnnxGraph) {
    this.#model = model;
    this.#graph = graph;
    const references = [...model.nodes.values()].flatMap(({ inputs }) => inputs).concat(model.outputs);
    for (const reference of references) {
      const key = parseReference(reference).join(':');
      this.#readers.set(key, (this.#readers.get(key) ?? 0) + 1);
    }
  }

  valueOf(reference: string): Value {
    const [name, index] = parseReference(reference);
    let values = this.#done.get(name);
    if (values === undefined) {
      values = this.#translate(name);
      this.#done.set(name, values);
    }
    const value = values[index];
    if (value === undefined) throw notAGraphModel(`node ${name} has no output ${index}`);
    return value;
  }

  #translate(name: string): readonly Value[] {
    const constant = this.#model.constants.get(name);
    if (constant !== undefined) return [constant];
    const node = this.#model.nodes.get(name);
    if (node === undefined) throw notAGraphModel(`it has no node ${name}`);
    const operator = operators.get(node.op);
    if (operator === undefined) throw unsupported(node);
    const result = operator({
      node,
      inputs: node.inputs.map((reference) => this.valueOf(reference)),
      endsConvolution: (index) => this.#endsConvolution(node, index),
      graph: this.#graph,
    });
    return 'kind' in result ? [result] : result;
  }

  #endsConvolution(node: GraphNode, index: number): boolean {
    const [name, output] = parseReference(node.inputs[index] ?? '');
    return this.#model.nodes.get(name)?.op === 'Conv2D' && this.#readers.get(`${name}:${output}`) === 1;
  }
}

/** `name`, `name:0` and `name:1` as name and number of the output. */
function parseReference(reference: string): [name: string, output: number] {
  const [, name = reference, output = '0'] = /^(.*?)(?::(\d+))?$/s.exec(reference) ?? [];
  return [name, Number(output)];
}
