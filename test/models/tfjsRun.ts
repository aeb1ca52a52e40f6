import { InferenceSession, Tensor } from 'onnxruntime-node';
import { importTfjsGraph } from '../../src/models/import/tfjs/index.ts';
import { tfjsFiles } from './tfjsGraph.ts';
import type { NodeInput, WeightInput } from './tfjsGraph.ts';

/** Imports the graph and runs it in ONNX Runtime on an input that counts 1, 2, 3, … */
export async function run(shape: number[], weights: WeightInput[], nodes: NodeInput[], outputs: string[]) {
  const files = tfjsFiles(shape, weights, nodes, outputs);
  const session = await InferenceSession.create(importTfjsGraph(files.json, () => files.weights));
  const size = shape.reduce((product, n) => product * n, 1);
  const results = await session.run({
    x: new Tensor(
      'float32',
      Float32Array.from({ length: size }, (_, i) => i + 1),
      shape,
    ),
  });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { dims: [...dims], data: Array.from(data as Float32Array) },
    ]),
  );
}
