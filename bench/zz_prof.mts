import { createStillReader } from '../src/mcp/stillFiles.ts';
import { openReader } from '../src/store/reader.ts';
import { tools } from '../src/mcp/tools/index.ts';
const F = process.env['F'] ?? '/tmp/h2big';
const reader = openReader(F);
const end = Math.max(...reader.cameras().map((c) => reader.span(c.id)?.toMs ?? 0));
const world: any = {
  reader: () => reader,
  live: async () => undefined,
  readStill: createStillReader(F + '/stills'),
  now: Date.now,
  timeZone: 'UTC',
};
const iso = (t: number) => new Date(t).toISOString();
async function call(name: string, args: object) {
  const tool = tools.find((t) => t.name === name)!;
  const a: any = await tool.handle(tool.input.strict().parse(args) as any, world);
  return a;
}
console.log('end', iso(end), reader.cameras().length);
const day = { from: iso(end - 86400000), to: iso(end) };
const l = (await call('list_incidents', { ...day, limit: 50 })).structured.incidents;
const cases: [string, (n: number) => [string, object]][] = [
  ['incident', (n) => ['summarize_incident', { incident_id: l[n % l.length].incident_id }]],
  [
    'incident no images',
    (n) => ['summarize_incident', { incident_id: l[n % l.length].incident_id, images: 0 }],
  ],
  [
    'hour',
    (n) => [
      'summarize_incident',
      {
        cameras: ['cam' + (n % 8)],
        from: iso(end - 86400000 + n * 1800000),
        to: iso(end - 86400000 + n * 1800000 + 3600000),
      },
    ],
  ],
  [
    'hour no images',
    (n) => [
      'summarize_incident',
      {
        images: 0,
        cameras: ['cam' + (n % 8)],
        from: iso(end - 86400000 + n * 1800000),
        to: iso(end - 86400000 + n * 1800000 + 3600000),
      },
    ],
  ],
  ['list', () => ['list_incidents', day]],
  ['find day', () => ['find_tracks', day]],
  ['find all', () => ['find_tracks', { order: 'longest' }]],
  [
    'find line',
    (n) => ['find_tracks', { ...day, cameras: ['cam' + (n % 8)], line: { from: [0.3, 0.2], to: [0.4, 1] } }],
  ],
  ['get_track', (n) => ['get_track', { track_id: 'cam1-1-' + (n * 37 + 5) }]],
];
const only = process.argv[2];
for (const [name, of] of cases) {
  if (only && only !== name) continue;
  await call(...of(0));
  const cpu = [];
  for (let n = 1; n <= 10; n++) {
    const b = process.cpuUsage();
    await call(...of(n));
    const c = process.cpuUsage(b);
    cpu.push((c.user + c.system) / 1000);
  }
  cpu.sort((a, b) => a - b);
  console.log(name.padEnd(22), 'cpu ms median', cpu[5]!.toFixed(0), 'max', cpu[9]!.toFixed(0));
}
