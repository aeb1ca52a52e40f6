import { fork } from 'node:child_process';
import { ArgusError } from '../domain/errors.ts';
import type { TrialAnswer, TrialRequest } from '../vision/trial.ts';

/** How long a model may take for its first picture, ms; large ones on a slow machine take a minute. */
const patienceMs = 300_000;

/** The outputs of a network. @throws ArgusError when it cannot be run. */
export async function networkOutputs(
  request: Omit<Extract<TrialRequest, { type: 'outputs' }>, 'type'>,
): Promise<Extract<TrialAnswer, { type: 'outputs' }>['outputs']> {
  const answer = await ask({ type: 'outputs', ...request });
  if (answer.type !== 'outputs') throw failed(request.path, 'it gave no outputs');
  return answer.outputs;
}

/** What a detector sees in a picture. @throws ArgusError when it cannot be run, or the picture not be read. */
export async function detectOnce(
  request: Omit<Extract<TrialRequest, { type: 'detect' }>, 'type'>,
): Promise<Extract<TrialAnswer, { type: 'detections' }>> {
  const answer = await ask({ type: 'detect', ...request });
  if (answer.type !== 'detections') throw failed(request.path, 'it gave no detections');
  return answer;
}

function ask(request: TrialRequest): Promise<Exclude<TrialAnswer, { type: 'failed' }>> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('../vision/tryModel.js', import.meta.url), [], {
      // What native libraries say is not for the user, who gets the reason.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    child.once('message', (answer) => {
      const result = answer as TrialAnswer;
      if (result.type === 'failed') reject(new ArgusError(result.what, result.next));
      else resolve(result);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(failed(request.path, `the process that ran it ended with ${signal ?? `code ${code}`}`));
    });
    child.once('error', reject);
    child.send(request);
  });
}

const failed = (path: string, why: string): ArgusError =>
  new ArgusError(
    `${path} could not be run: ${why}.`,
    'Check it with the tools it was exported with, e.g. onnxruntime in Python.',
  );
