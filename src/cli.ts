#!/usr/bin/env node
import * as module from 'node:module';
import { Command, Option } from 'commander';
import type { RemoveFlags } from './commands/cameras.ts';
import type { McpFlags } from './commands/mcp.ts';
import type { AddFlags, GetFlags } from './commands/models.ts';
import type { CorrectFlags } from './commands/people.ts';
import type { CommonFlags } from './commands/place.ts';
import type { ReplayFlags } from './commands/replay.ts';
import type { ServeFlags } from './commands/serve.ts';
import { version } from './commands/version.ts';
import type { WatchFlags } from './commands/watch.ts';
import { layouts } from './config/layouts.ts';
import { ArgusError } from './domain/errors.ts';

// From Node 22.8 on, what is compiled once is kept for the next start. Before that there is nothing to turn on.
const { enableCompileCache } = module as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();

/* Each command is loaded when it is asked for: together they would take longer to load than most need to run. */
const load = {
  cameras: () => import('./commands/cameras.ts'),
  doctor: () => import('./commands/doctor.ts'),
  init: () => import('./commands/init.ts'),
  mcp: () => import('./commands/mcp.ts'),
  models: () => import('./commands/models.ts'),
  people: () => import('./commands/people.ts'),
  replay: () => import('./commands/replay.ts'),
  serve: () => import('./commands/serve.ts'),
  stop: () => import('./commands/stop.ts'),
  watch: () => import('./commands/watch.ts'),
};

const collect = (value: string, before: string[]): string[] => [...before, value];

const program = new Command('argus')
  .description('Watches cameras, remembers every trajectory, and answers questions about them with evidence.')
  .version(version)
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: (.*)/, 'argus: $1. See: argus --help')),
  });

const command = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option(
      '--data <folder>',
      'where everything is stored (default: $ARGUS_DATA, else ~/.local/state/argus)',
    );

const allowWrite = [
  '--allow-write',
  'let agents change what is stored: lines and zones, watches, notes, who is who',
] as const;

const config = [
  '--config <file>',
  'configuration (default: $ARGUS_CONFIG, else ./argus.yaml, else ~/.config/argus/argus.yaml)',
] as const;

command('watch', 'watch one source now: a file to its end, a live source until Ctrl-C')
  .argument(
    '<source>',
    "rtsp://…, http://…, a video file, a folder or pattern of them ('yard/*.mp4'), /dev/video0 or test:ball",
  )
  .option('--id <id>', 'id of the camera (default: from the source)')
  .option('--model <id>', 'detector (default: the best that can be had)')
  .option('--identify <model>', 'what to tell people apart by, or off (default: the best that can be had)')
  .option(
    '--providers <names>',
    'what may run the detector, in order, e.g. tensorrt,cuda,cpu (default: cuda,cpu)',
  )
  .option('--append', 'add the file to what is stored of the camera --id, from --start on')
  .option('--transport <way>', 'of rtsp://: auto, tcp or udp (default: auto: TCP, else UDP)')
  .option('--stream <n>', 'which video stream of a source that has several (default: 1)')
  .option('--deinterlace <when>', 'interlaced pictures are made whole: auto, on or off (default: auto)')
  .option('--decoding <way>', 'where video is decoded: auto, nvidia, va or software (default: auto)')
  .option('--jsonl', 'print one JSON line for each frame on stdout')
  .option(
    '--line <ID:x1,y1,x2,y2>',
    'count crossings of a line; coordinates 0–1; may be repeated',
    collect,
    [],
  )
  .option('--zone <ID:x1,y1,x2,y2,x3,y3,…>', 'count visits of a zone; may be repeated', collect, [])
  .option('--ignore <x1,y1,x2,y2,x3,y3,…>', 'an area in which nothing begins; may be repeated', collect, [])
  .option('--fps <number>', 'analyse at most so many frames a second')
  .option(
    '--confidence <numbers>',
    'confidence from which a detection starts a track, 0–1; of single classes: car=0.6,person=0.4',
  )
  .option('--classes <names>', 'only these classes, e.g. person,car')
  .option('--start <time>', 'ISO 8601 time of the first frame of a file (default: now)')
  .action((source: string, flags: WatchFlags) => finish(load.watch(), ({ watch }) => watch(source, flags)));

program
  .command('replay')
  .description('run the tracker and the event engine over recorded detections')
  .requiredOption(
    '--detections <file>',
    'in the format of MOTChallenge: frame,id,left,top,width,height,confidence',
  )
  .requiredOption('--size <WxH>', 'picture size in pixels')
  .requiredOption('--fps <number>', 'frames a second')
  .option(
    '--line <ID:x1,y1,x2,y2>',
    'count crossings of a line; coordinates 0–1; may be repeated',
    collect,
    [],
  )
  .option('--zone <ID:x1,y1,x2,y2,x3,y3,…>', 'count visits of a zone; may be repeated', collect, [])
  .option('--anchor <point>', 'point of a box that counts: bottom (centre of its lower edge) or centre')
  .option(
    '--confidence <number>',
    'confidence from which a detection starts a track (default: by the scores)',
  )
  .option(
    '--confirm <number>',
    'confidence that one detection of a track must reach (default: as --confidence)',
  )
  .option('--tracks <file>', 'write the tracks, in pixels, in the same format')
  .option('--events <file>', 'write the events, one JSON a line')
  .action((flags: ReplayFlags) => finish(load.replay(), ({ replay }) => replay(flags)));

command('serve', 'watch the configured cameras and serve MCP over HTTP')
  .option(...config)
  .option('--port <port>', 'port (default: server.port of the configuration)')
  .option(...allowWrite)
  .action((flags: ServeFlags) => finish(load.serve(), ({ serve }) => serve(flags)));

command('mcp', 'serve MCP on stdin and stdout; what an MCP client starts')
  .option(...config)
  .option('--in-process', 'run the station in this process instead of in the background')
  .option(...allowWrite)
  .action((flags: McpFlags) => finish(load.mcp(), ({ mcp }) => mcp(flags)));

command('stop', 'stop the station that runs in the background').action((flags: CommonFlags) =>
  finish(load.stop(), ({ stop }) => stop(flags)),
);

command('correct', 'say whether two tracks are of one person')
  .argument('<a>', 'track id')
  .argument('<b>', 'another track id')
  .option('--same', 'they are')
  .option('--different', 'they are not')
  .action((a: string, b: string, flags: CorrectFlags) =>
    finish(load.people(), ({ correct }) => correct(a, b, flags)),
  );

command('forget', 'delete tracks with all that was made of them: paths, events, looks, pictures')
  .argument('<tracks...>', 'track ids')
  .action((tracks: string[], flags: CommonFlags) =>
    finish(load.people(), ({ forget }) => forget(tracks, flags)),
  );

program
  .command('cameras')
  .description('what is stored of cameras')
  .command('remove')
  .description('delete a camera with all that is stored of it')
  .argument('<id>', 'id of the camera')
  .option('--data <folder>', 'where everything is stored (default: $ARGUS_DATA, else ~/.local/state/argus)')
  .option('--yes', 'delete it; without this it is only said what would go')
  .action((id: string, flags: RemoveFlags) =>
    finish(load.cameras(), ({ removeCamera }) => removeCamera(id, flags)),
  );

command('doctor', 'check everything that Argus needs and say how to mend it')
  .option(...config)
  .action((flags: CommonFlags) => finish(load.doctor(), ({ doctor }) => doctor(flags)));

const models = command('models', 'list the models, and where their weights are').action(
  (flags: CommonFlags) => finish(load.models(), ({ listModels }) => listModels(flags)),
);

models
  .command('list', { isDefault: true })
  .description('the same')
  .action((_: unknown, self: Command) =>
    finish(load.models(), ({ listModels }) => listModels(self.optsWithGlobals())),
  );

models
  .command('classes')
  .description('list the classes that a model knows')
  .argument('<id>')
  .action((id: string, _: unknown, self: Command) =>
    finish(load.models(), ({ listClasses }) => listClasses(id, self.optsWithGlobals())),
  );

models
  .command('get')
  .description('fetch the weights of a model; a download that was cut goes on')
  .argument('<id>')
  .option('--accept-licence <licence>', 'that you have read and accept its licence, e.g. AGPL-3.0')
  .action((id: string, _: unknown, self: Command) =>
    finish(load.models(), ({ getModel }) => getModel(id, self.optsWithGlobals<GetFlags>())),
  );

models
  .command('add')
  .description('look at an ONNX file, try it on a picture, and keep it')
  .argument('<file>', 'an .onnx file')
  .option('--id <id>', 'what to call it (default: after the file)')
  .option('--picture <file>', "picture or video to try it on (default: the cameras' newest picture)")
  .addOption(
    new Option('--layout <layout>', 'how its output is to be read (default: a guess)').choices(layouts),
  )
  .option('--size <WxH>', 'size of the input, where the file leaves it open')
  .addOption(
    new Option('--colour <order>', 'colour order of the input (default: a guess)').choices(['rgb', 'bgr']),
  )
  .option('--classes <names>', 'class names in the order of the output, e.g. person,forklift')
  .option('--licence <licence>', 'licence of the weights')
  .action((file: string, _: unknown, self: Command) =>
    finish(load.models(), ({ addModel }) => addModel(file, self.optsWithGlobals<AddFlags>())),
  );

program
  .command('init')
  .description('write a commented argus.yaml to start from')
  .argument('[file]')
  .action((file: string | undefined) => finish(load.init(), ({ init }) => init(file)));

/** Runs a command of a module to its end, and this process with it. */
async function finish<Module>(
  module: Promise<Module>,
  run: (module: Module) => number | Promise<number>,
): Promise<void> {
  try {
    process.exit(await run(await module));
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    console.error(`argus: ${error.message}`);
    process.exit(1);
  }
}

// Whoever read our output has had enough, e.g. `argus watch … --jsonl | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// A log reader that went away must not end the watching.
process.stderr.on('error', () => undefined);

await program.parseAsync();
