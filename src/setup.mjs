// Makes a checkout ready: packages, graphics libraries, build, bundled model. Runs before anything is installed, so it
// is plain JavaScript over Node alone. Each step looks first and does only what is missing.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const at = (...parts) => join(ROOT, ...parts);

const say = (message) => process.stderr.write(`setup: ${message}\n`);

function give(message) {
  say(message);
  process.exit(2);
}

/** Runs a command with its output on stderr, so that stdout stays the user's. Returns whether it went well. */
function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 2, 2] });
  return status === 0;
}

function digest(paths) {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  const add = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`${relative(ROOT, path)}\0`).update(readFileSync(path));
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function aptInstall(packages, why) {
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) give(`${why} Install what this system calls: ${packages.join(' ')}`);
  if (process.getuid() !== 0) give(`${why} Run this once, then start again:\n  sudo ${line}`);
  say(`${why} Installing by apt: ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const [command, ...args] = line.split(' ');
  if (!run('apt-get', ['update', '-qq'], env) || !run(command, ['-qq', ...args], env))
    give(`apt-get failed. Try by hand:\n  ${line}`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (process.platform !== 'linux') give(`fidsweep runs on Linux, this is ${process.platform}.`);
  if (major < 20 || (major === 20 && minor < 19))
    give(`Node ${process.version} is too old, fidsweep needs 20.19 or later.`);
  if (/\s/.test(ROOT))
    give(
      `The checkout lies in "${ROOT}", a path with a space, where npm cannot build the package gl. Move it and start again.`,
    );
}

function installPackages() {
  const stamp = at('node_modules', '.fidsweep');
  const wanted = digest([at('package-lock.json')]);
  const built = existsSync(at('node_modules', 'gl', 'build', 'Release', 'webgl.node'));
  if (built && read(stamp) === wanted) return;
  const tools = [
    ['python3', 'python3'],
    ['make', 'make'],
    ['g++', 'g++'],
  ];
  const missing = tools
    .filter(([tool]) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0)
    .map(([, name]) => name);
  if (missing.length) aptInstall(missing, 'The package gl is compiled, and some tools for that are missing.');
  say('installing packages (gl is compiled, which takes a minute)');
  if (
    !run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      ONNXRUNTIME_NODE_INSTALL: 'skip',
      npm_config_onnxruntime_node_install: 'skip',
    })
  ) {
    give('npm ci failed; its messages are above. gl needs python3, make, g++ and the headers of this Node.');
  }
  if (
    !existsSync(at('node_modules', 'gl', 'build', 'Release', 'webgl.node')) &&
    !run('npm', ['rebuild', 'gl', '--loglevel=error'])
  ) {
    give('gl was not compiled: its install script did not run. Try by hand: npm rebuild gl');
  }
  try {
    writeFileSync(stamp, wanted);
  } catch {
    say('node_modules is read-only: packages are checked again next time');
  }
}

/** Debian package of each library that gl and its Vulkan driver need at run time. */
const LIBRARIES = {
  'libvulkan.so.1': 'libvulkan1',
  'libX11.so.6': 'libx11-6',
  'libXext.so.6': 'libxext6',
  'libxcb.so.1': 'libxcb1',
  'libdrm.so.2': 'libdrm2',
};

function installGraphics() {
  const known = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  const missing = Object.entries(LIBRARIES)
    .filter(([library]) => !known.includes(library))
    .map(([, name]) => name);
  const drivers = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].some(
    (folder) => existsSync(folder) && readdirSync(folder).length,
  );
  if (!drivers && !process.env.VK_ICD_FILENAMES && !process.env.VK_DRIVER_FILES) missing.push('mesa-vulkan-drivers');
  if (missing.length) aptInstall(missing, 'Rendering needs graphics libraries that are not here.');
}

function build() {
  const stamp = at('dist', '.fidsweep');
  const wanted = digest([at('src'), at('tsconfig.json'), at('package-lock.json')]);
  if (read(stamp) === wanted) return;
  say('building');
  rmSync(at('dist'), { recursive: true, force: true });
  if (!run(at('node_modules', '.bin', 'tsc'), [])) give('the build failed; its messages are above.');
  writeFileSync(stamp, wanted);
}

function buildModel() {
  const { extractors } = JSON.parse(read(at('models', 'manifest.json')));
  if (extractors.every(({ file }) => existsSync(at('models', file)))) return;
  say('building the bundled model');
  if (!run(process.execPath, [at('dist', 'cli', 'main.js'), 'models', 'build'])) process.exit(2);
}

checkNode();
installPackages();
installGraphics();
build();
buildModel();
