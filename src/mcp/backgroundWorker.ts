import { parentPort, workerData } from 'node:worker_threads';
import { ArgusError, messageOf } from '../domain/errors.ts';
import { openReader, type Reader } from '../store/reader.ts';
import type { BackgroundMessage, BackgroundRequest, BackgroundSetup } from './background.ts';
import { noCall, type Call, type World } from './contract.ts';
import { createStillReader } from './stillFiles.ts';
import { tools } from './tools/index.ts';

// Started by background.ts: answers its questions, several at a time in turns, until the process ends.
const port = parentPort;
if (!port) throw new Error('backgroundWorker.ts runs as a worker thread only');
const { dataFolder, stillsFolder, timeZone } = workerData as BackgroundSetup;

let reader: Reader | undefined;
const onlyPast = (): never => {
  throw new Error('a tool that runs in the background reads only what is stored');
};
const world: World = {
  reader: () => (reader ??= openReader(dataFolder)),
  live: onlyPast,
  readStill: createStillReader(stillsFolder),
  now: Date.now,
  timeZone,
};

/** Of the questions that are being answered. */
const cancels = new Map<number, AbortController>();

port.on('message', (request: BackgroundRequest) => {
  if (request.type === 'cancel') cancels.get(request.id)?.abort();
  else void answerTo(request).then(tell);
});

const tell = (message: BackgroundMessage): void => port.postMessage(message);

async function answerTo({
  id,
  tool: name,
  input,
}: Extract<BackgroundRequest, { type: 'ask' }>): Promise<BackgroundMessage> {
  const cancel = new AbortController();
  cancels.set(id, cancel);
  const call: Call = {
    ...noCall,
    signal: cancel.signal,
    progress: (done, total, message) => tell({ type: 'progress', id, done, total, message }),
  };
  try {
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`there is no tool ${name}`);
    return { type: 'answer', id, answer: await tool.handle(input, world, call) };
  } catch (error) {
    return error instanceof ArgusError
      ? { type: 'refused', id, what: error.what, next: error.next }
      : { type: 'defect', id, message: messageOf(error) };
  } finally {
    cancels.delete(id);
  }
}
