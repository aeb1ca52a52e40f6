// The import table of docs/architecture.md, checked. A room may import the rooms listed for it, and itself.
const rooms = {
  domain: [],
  async: ['domain'],
  config: ['domain'],
  source: ['domain', 'async', 'config'],
  decode: ['domain', 'async', 'config', 'source'],
  onnx: ['domain'],
  models: ['domain', 'async', 'config', 'onnx'],
  inference: ['domain', 'async', 'config', 'onnx'],
  detect: ['domain', 'config'],
  track: ['domain'],
  events: ['domain'],
  incidents: ['domain'],
  anomaly: ['domain'],
  identify: ['domain', 'config'],
  store: ['domain', 'async'],
  draw: ['domain'],
  vision: [
    'domain',
    'async',
    'config',
    'source',
    'decode',
    'inference',
    'detect',
    'track',
    'identify',
    'draw',
  ],
  station: ['domain', 'async', 'config', 'source', 'models', 'events', 'identify', 'store', 'vision'],
  mcp: ['domain', 'async', 'config', 'store', 'events', 'incidents', 'identify', 'draw', 'anomaly'],
  web: ['domain'],
  commands: [
    'domain',
    'config',
    'source',
    'models',
    'track',
    'events',
    'store',
    'station',
    'mcp',
    'web',
    'draw',
  ],
};

// A native or protocol library has one owner, so that replacing it is a change to one room.
const owners = {
  'gstreamer-superficial': 'decode',
  'onnxruntime-node': 'inference',
  'better-sqlite3': 'store',
  '@modelcontextprotocol': 'mcp',
  '@napi-rs/canvas': 'draw',
  protobufjs: 'onnx',
  tar: 'models',
  '@xmldom/xmldom': 'models',
};

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      severity: 'error',
      comment: `src/${room} may import only: ${allowed.join(', ') || 'nothing'}`,
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
    })),
    ...Object.entries(owners).map(([library, room]) => ({
      name: `only-${room}-imports-${library.replaceAll(/[^a-z0-9-]/g, '')}`,
      severity: 'error',
      comment: `${library} is imported by src/${room} alone`,
      from: { path: '^src/', pathNot: `^src/${room}/` },
      to: { path: `node_modules/${library}` },
    })),
    {
      name: 'station-knows-vision-by-its-messages',
      severity: 'error',
      comment:
        'The vision process is reached through its message types; importing more would load native code.',
      from: { path: '^src/station/' },
      to: { path: '^src/vision/', pathNot: '^src/vision/(messages|probeReport|trial)[.]ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: '(cli|/main|/probe|/tryModel|/detectWorker|/appearanceWorker)[.]ts$',
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
