import { encodeOnnx, type OnnxModel } from '../../../onnx/write.ts';
import { OnnxGraph, type Value } from './onnxGraph.ts';
import { operators } from './operators.ts';
import { readIr, type IrLayer, type IrModel } from './readIr.ts';
import { unsupported } from './unsupported.ts';

/**
 * Translates an OpenVINO IR (the text of its .xml, the bytes of its .bin) into those of an .onnx file in float32.
 * @throws ArgusError when it is no IR, its weights are not whole, or naming the layer that is not known.
 */
export const importOpenvinoIr = (xml: string, weights: Uint8Array): Uint8Array =>
  encodeOnnx(translateIr(readIr(xml, weights)));

function translateIr(model: IrModel): OnnxModel {
  const results = [...model.layers.values()].filter(({ type }) => type === 'Result');
  const graph = new OnnxGraph(results.map(outputName));
  const translator = new Translator(model, graph);
  // What the caller feeds is declared even where no result needs it.
  for (const layer of model.layers.values()) if (layer.type === 'Parameter') translator.valueOf(layer.id);
  for (const layer of results) {
    const [from] = layer.inputs;
    if (from) graph.addOutput(outputName(layer), translator.valueOf(from.layer));
  }
  return graph.toModel(model.name, 'argus-vision OpenVINO importer');
}

const outputName = ({ name }: IrLayer): string => name.replace(/\/sink_port_\d+$/, '');

/** Translates what is asked for and all that it needs, each layer once. */
class Translator {
  readonly #model: IrModel;
  readonly #graph: OnnxGraph;
  readonly #done = new Map<string, Value>();

  constructor(model: IrModel, graph: OnnxGraph) {
    this.#model = model;
    this.#graph = graph;
  }

  valueOf(id: string): Value {
    const known = this.#done.get(id);
    if (known) return known;
    const layer = this.#model.layers.get(id);
    if (!layer) throw new Error(`the model has no layer ${id}`);
    const value = this.#translate(layer);
    this.#done.set(id, value);
    return value;
  }

  #translate(layer: IrLayer): Value {
    const operator = operators.get(layer.type);
    if (!operator) throw unsupported(layer);
    const [dims = []] = layer.outputs.values();
    return operator({
      layer,
      graph: this.#graph,
      dims,
      input: (index) => {
        const from = layer.inputs[index];
        if (!from) throw unsupported(layer, `without input ${index}`);
        return this.valueOf(from.layer);
      },
    });
  }
}
