import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../domain/errors.ts';
import { cropsOf } from '../draw/crops.ts';
import { colourHistogram, histogramOf } from '../identify/histogram.ts';
import type {
  Described,
  DescribeRequest,
  DescriberAnswer,
  DescriberRequest,
  DescriberSetup,
} from './describer.ts';
import { Embedder } from './embedder.ts';

/** A worker thread that makes vectors of what a still shows: of people by a network, of all else by their colours. */
const port = parentPort;
if (!port) throw new Error('appearanceWorker runs as a worker thread only');
const { model, providers } = workerData as DescriberSetup;
const send = (message: DescriberAnswer) => port.postMessage(message);
const person = 'person';
/** What `histogramOf` takes, and both networks that come with Argus. */
const histogramSize = { width: 128, height: 256 };

const embedder = await openEmbedder();

port.on('message', (request: DescriberRequest) => {
  if (request === 'close') {
    port.close();
    return;
  }
  const { id } = request;
  describe(request)
    .then((described) => send({ type: 'described', id, described }))
    .catch((error: unknown) => {
      send({ type: 'note', line: `A still could not be described: ${messageOf(error)}` });
      send({ type: 'described', id, described: [] });
    });
});
send({ type: 'ready', ...(embedder && { provider: embedder.provider }) });

async function openEmbedder(): Promise<Embedder | undefined> {
  if (!model) return undefined;
  try {
    return await Embedder.open({ ...model, ...(providers && { providers }) });
  } catch (error) {
    send({
      type: 'note',
      line: `${model.manifest.id} is not used, but ${colourHistogram}: ${messageOf(error)}`,
    });
    return undefined;
  }
}

async function describe({ jpeg, objects }: DescribeRequest): Promise<Described[]> {
  const people = embedder ? objects.filter(({ label }) => label === person) : [];
  const others = objects.filter((object) => !people.includes(object));
  return [...(await describePeople(jpeg, people)), ...(await describeColours(jpeg, others))];
}

async function describePeople(jpeg: Uint8Array, people: DescribeRequest['objects']): Promise<Described[]> {
  if (!embedder || !model || people.length === 0) return [];
  const { id, input } = model.manifest;
  const boxes = people.map(({ box }) => box);
  const vectors = await embedder.embed(await cropsOf(jpeg, boxes, input));
  return people.flatMap(({ trackId }, i) => {
    const vector = vectors[i];
    return vector ? [{ trackId, descriptor: id, vector }] : [];
  });
}

async function describeColours(jpeg: Uint8Array, objects: DescribeRequest['objects']): Promise<Described[]> {
  if (objects.length === 0) return [];
  const boxes = objects.map(({ box }) => box);
  const crops = await cropsOf(jpeg, boxes, histogramSize);
  return objects.flatMap(({ trackId }, i) => {
    const crop = crops[i];
    return crop ? [{ trackId, descriptor: colourHistogram, vector: histogramOf(crop) }] : [];
  });
}
