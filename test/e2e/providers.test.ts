import { describe, expect, it } from 'vitest';
import { sandbox, type Sandbox } from '../fixtures/argus.ts';
import { connectClient2 } from '../fixtures/mcpClients.ts';
import { shared } from '../fixtures/shared.ts';

const video = shared('video/TUD-Campus.mp4');
const yoloxNano = shared('models/yolox_nano.onnx');
const missing = video.missing || yoloxNano.missing;

/** The lines that tell what runs the detector, and what does not. */
const toldOf = (said: string): string[] =>
  said.split('\n').filter((line) => / is not used: | runs on /.test(line));

const configFor = (box: Sandbox, providers: string) =>
  box.write(
    'argus.yaml',
    `detector: yolox-nano\nproviders: ${providers}\nserver: {port: 0}\ncameras: [{id: gate, source: ${video.path}}]`,
  );

describe.skipIf(missing)('execution providers', { timeout: 120_000 }, () => {
  it('that are not there are told in a line each, and the CPU does the work', async () => {
    const box = sandbox();
    configFor(box, '[tensorrt, cuda, cpu]');
    const station = box.start(['serve']);
    await station.untilSaid(/gate: running/);
    const told = toldOf(station.stderr);
    // A machine with a GPU may take one of the two.
    const last = told.at(-1) ?? '';
    expect(last).toMatch(/^yolox-nano runs on (tensorrt|cuda|cpu)\.$/);
    if (!last.endsWith('cpu.')) return;
    expect(told).toHaveLength(3);
    expect(told[0]).toMatch(/^tensorrt is not used: .+\.$/);
    expect(told[1]).toMatch(/^cuda is not used: .+\.$/);

    const client = await connectClient2({ box, args: ['mcp'] });
    const { structured } = await client.call('get_health');
    await client.close();
    expect(structured).toMatchObject({
      station: {
        detector: expect.stringMatching(/runs on cpu$/) as string,
        skipped_providers: [
          expect.stringMatching(/^tensorrt: /) as string,
          expect.stringMatching(/^cuda: /) as string,
        ],
      },
    });
  });

  it('that fail when they are tried are told with their reason', async () => {
    const { code, stderr } = await sandbox().run([
      'watch',
      video.path,
      '--model=yolox-nano',
      '--providers=webgpu,cpu',
      '--fps=1',
    ]);
    expect(code).toBe(0);
    const told = toldOf(stderr);
    if (told.length === 1) expect(told).toEqual(['yolox-nano runs on webgpu.']);
    else
      expect(told).toEqual([
        expect.stringMatching(/^webgpu is not used: .*adapter.*\.$/i) as string,
        'yolox-nano runs on cpu.',
      ]);
  });

  it('nobody asked for are not spoken of', async () => {
    const { stderr } = await sandbox().run(['watch', video.path, '--model=yolox-nano', '--fps=1']);
    expect(toldOf(stderr)).toEqual([]);
  });

  it('are named by argus doctor with what really ran', async () => {
    const box = sandbox();
    configFor(box, '[coreml, cpu]');
    const { stdout } = await box.run(['doctor']);
    expect(stdout).toMatch(/ONNX Runtime, ran a small network on (cpu|coreml)/);
    if (process.platform === 'linux') expect(stdout).toMatch(/no coreml: this build .* does not have it/);
  });

  it.each([
    ['[gpu]', /2: providers\[0\]: found "gpu", a provider is one of tensorrt, cuda/],
    ['[]', /providers: found a list of 0, providers names at least one/],
    ['cuda', /providers: found "cuda", providers is a list of/],
  ])('of a configuration that says %s are one complaint', async (providers, words) => {
    const box = sandbox();
    configFor(box, providers);
    const { code, stderr } = await box.run(['serve']);
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
  });
});
