import { spawnSync } from 'node:child_process';
import { runLogged } from './command.mjs';
import { step } from './progress.mjs';
import { Stop } from './stop.mjs';

/** @typedef {'run' | 'test'} Purpose */

/** What building and running needs; every name is a Debian package. */
const runPackages = [
  // node-gyp builds gstreamer-superficial always, and better-sqlite3 where its prebuilt binary cannot be had.
  'g++',
  'make',
  'python3',
  'pkg-config',
  'libgstreamer1.0-dev',
  'libgstreamer-plugins-base1.0-dev',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-libav',
];

/** What the tests need besides: a real RTSP server with an H.264 encoder, and GStreamer's own tools to compare with. */
const testPackages = [
  'gir1.2-gst-rtsp-server-1.0',
  'python3-gi',
  'gstreamer1.0-plugins-ugly',
  'gstreamer1.0-tools',
];

/** The first GStreamer with videoconvertscale, which makes the letterbox. */
const wantedGStreamer = { major: 1, minor: 22 };

/**
 * Installs the Debian packages that are missing (as root), or says which command does.
 * @param {Purpose} purpose
 */
export async function ensureSystemPackages(purpose) {
  const wanted = purpose === 'test' ? [...runPackages, ...testPackages] : runPackages;
  const installed = installedVersions(wanted);
  if (installed === undefined) return lookWithoutDpkg(purpose);

  const missing = wanted.filter((name) => !installed.has(name));
  if (missing.length > 0) await install(missing);
  const version = (missing.length > 0 ? installedVersions(wanted) : installed)?.get('libgstreamer1.0-dev');
  if (version !== undefined) checkGStreamerVersion(version);
}

/**
 * The versions of those of `names` that are installed; undefined where there is no dpkg.
 * @param {readonly string[]} names
 */
function installedVersions(names) {
  const format = '${db:Status-Status} ${Package} ${Version}\n';
  const query = spawnSync('dpkg-query', ['--show', `--showformat=${format}`, ...names], { encoding: 'utf8' });
  if (query.error) return undefined;
  const rows = query.stdout.split('\n').map((row) => row.split(' '));
  return new Map(
    rows.filter(([status]) => status === 'installed').map(([, name = '', version = '']) => [name, version]),
  );
}

/** @param {readonly string[]} missing */
async function install(missing) {
  const args = ['install', '--yes', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0) {
    throw new Stop(
      `${missing.length} Debian packages are missing. Install them with this command, then run the same command again:\n\n` +
        `  sudo apt-get update && sudo apt-get ${args.join(' ')}\n`,
    );
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const statusArgs = ['-o', 'APT::Status-Fd=3', '-o', 'DPkg::Lock::Timeout=300'];
  await step(`apt-get install ${shortList(missing)}`, async (note) => {
    note('reading package lists');
    // One broken third-party source fails the whole update; whether that matters, the install below shows.
    const update = await runLogged('apt-get', ['update'], { env }).catch((error) => error);
    await runLogged('apt-get', [...statusArgs, ...args], {
      env,
      onStatus: (line) => note(aptStatus(line)),
      advice:
        (update instanceof Error ? '`apt-get update` had failed before (above): mend that first. ' : '') +
        'A release file that is "not valid yet" means that this machine\'s clock is behind.',
    });
  });
}

/**
 * `dlstatus:12:34.5:Retrieving …` and `pmstatus:g++:34.5:Unpacking …`, as a few words.
 * @param {string} line
 */
function aptStatus(line) {
  const [kind, , percent] = line.split(':');
  return `${kind === 'dlstatus' ? 'downloading' : 'installing'} ${Math.floor(Number(percent))} %`;
}

/** @param {string} version Debian's, e.g. `1.22.0-2+deb12u1` */
function checkGStreamerVersion(version) {
  const [major = 0, minor = 0] = version.replace(/^\d+:/, '').split('.').map(Number);
  const { major: wantedMajor, minor: wantedMinor } = wantedGStreamer;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Stop(
    `This system has GStreamer ${version}; Argus needs ${wantedMajor}.${wantedMinor} or newer (Debian 12, Ubuntu 24.04).`,
  );
}

/** @param {readonly string[]} names */
function shortList(names) {
  return names.length <= 3
    ? names.join(' ')
    : `${names.length} packages (${names.slice(0, 2).join(', ')}, …)`;
}

/**
 * On a system without dpkg, names what cannot be found and goes on: only the build that follows can tell for sure.
 * @param {Purpose} purpose
 */
function lookWithoutDpkg(purpose) {
  const { major, minor } = wantedGStreamer;
  const commands = ['make', 'python3', 'pkg-config', 'gst-inspect-1.0'];
  const libraries = ['gstreamer-1.0', 'gstreamer-app-1.0', 'gstreamer-video-1.0'];
  const elements = ['uridecodebin', 'videoconvertscale', 'jpegenc', 'rtspsrc', 'gdppay', 'avdec_h264'];
  if (purpose === 'test') elements.push('x264enc');
  const succeeds = (/** @type {string} */ command, /** @type {string[]} */ ...args) =>
    spawnSync(command, args, { stdio: 'ignore' }).status === 0;

  const missing = [
    ...commands.filter((name) => !succeeds(name, '--version')).map((name) => `command ${name}`),
    ...(succeeds('c++', '--version') ? [] : ['a C++ compiler (c++)']),
    ...libraries
      .filter((name) => !succeeds('pkg-config', `--atleast-version=${major}.${minor}`, name))
      .map((name) => `development files of ${name} ${major}.${minor}`),
    ...elements
      .filter((name) => !succeeds('gst-inspect-1.0', '--exists', name))
      .map((name) => `GStreamer element ${name}`),
  ];
  if (missing.length === 0) return;
  console.error(
    `! This is not Debian, so nothing is installed for you. Not found here:\n${missing.map((name) => `    ${name}`).join('\n')}\n` +
      `  On Debian these come from: ${[...runPackages, ...(purpose === 'test' ? testPackages : [])].join(' ')}`,
  );
}
