import { parentPort, workerData } from 'node:worker_threads';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { openReader, type Reader } from '../store/reader.ts';
import type { BackgroundMessage, BackgroundRequest, BackgroundSetup } from './background.ts';
import type { World } from './contract.ts';
import { readStillFile } from './stillFiles.ts';
import { tools } from './tools/index.ts';

// Started by background.ts: answers its questions, several at a time in turns, until the process ends.
const port = parentPort;
if (!port) throw new Error('backgroundWorker.ts runs as a worker thread only');
const { dataFolder, stillsFolder, timeZone } = workerData as BackgroundSetup;

let reader: Reader | undefined;
const onlyPast = (): never => {
  throw new Error('a tool that runs in the background reads what is stored only');
};
const world: World = {
  reader: () => (reader ??= openReader(dataFolder)),
  live: onlyPast,
  readStill: (path) => readStillFile(stillsFolder, path),
  now: Date.now,
  timeZone,
};

port.on('message', (request: BackgroundRequest) => {
  void answerTo(request).then((message) => port.postMessage(message));
});

async function answerTo({ id, tool: name, input }: BackgroundRequest): Promise<BackgroundMessage> {
  try {
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`there is no tool ${name}`);
    return { type: 'answer', id, answer: await tool.handle(input, world) };
  } catch (error) {
    return error instanceof ArgusError
      ? { type: 'refused', id, what: error.what, next: error.next }
      : { type: 'defect', id, message: messageOf(error) };
  }
}
