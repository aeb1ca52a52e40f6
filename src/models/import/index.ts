import { extname } from 'node:path';
import type { Importer } from '../../config/manifest.ts';
import { importOpenvinoIr } from './openvino/index.ts';
import { importTfjsGraph } from './tfjs/index.ts';

/** The content of a file that belongs to the graph, by its name beside the graph's. */
type ReadFile = (name: string) => Uint8Array;

/**
 * The .onnx file that an importer makes of a graph's file and those beside it.
 * @param graph name of the graph's file
 * @throws ArgusError for what the importer cannot translate, and what `readFile` throws for a file that is missing.
 */
export function importModel(importer: Importer, graph: string, readFile: ReadFile): Uint8Array {
  const text = Buffer.from(readFile(graph)).toString('utf8');
  switch (importer) {
    case 'tfjs-graph':
      return importTfjsGraph(text, readFile);
    case 'openvino-ir':
      return importOpenvinoIr(text, readFile(`${graph.slice(0, -extname(graph).length)}.bin`));
  }
}
