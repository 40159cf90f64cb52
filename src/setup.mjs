// Makes a checkout ready: packages, graphics libraries, build, bundled model; with `--tests` a browser for the tests of
// pages. Runs before anything is installed, so it is plain JavaScript over Node alone. Each step looks first and does only
// what is missing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Not import.meta.dirname: a Node that lacks it is to be told that it is too old.
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
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

/** Packages that npm compiles here, and what comes of it. */
const COMPILED = { gl: 'webgl.node', 'better-sqlite3': 'better_sqlite3.node' };

/** Addons are compiled for one kind of Node; another's do not load. */
const KIND = `${process.versions.modules} ${process.arch}`;
const kindStamp = () => at('node_modules', '.fidsweep-node');

function stampKind() {
  if (read(kindStamp()) === KIND) return;
  try {
    writeFileSync(kindStamp(), KIND);
  } catch {
    // Packages that are not for writing are as they are.
  }
}

const uncompiled = () =>
  Object.entries(COMPILED).flatMap(([name, file]) =>
    existsSync(at('node_modules', name, 'build', 'Release', file)) ? [] : [name],
  );

/** Whether what is installed is what the lock file says, whoever installed it. */
function packagesAgree() {
  const installed = at('node_modules', '.package-lock.json');
  if (!existsSync(installed) || uncompiled().length) return false;
  const versions = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const [there, wanted] = [versions(installed), versions(at('package-lock.json'))];
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || there[path]?.version === version || (optional && !there[path]),
  );
}

function installPackages() {
  if (packagesAgree()) return compileAgain();
  const tools = ['python3', 'make', 'g++'];
  const missing = tools.filter((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0);
  if (missing.length)
    aptInstall(missing, 'The packages gl and better-sqlite3 are compiled, and some tools for that are missing.');
  say('installing packages (gl and better-sqlite3 are compiled, which takes a minute or two)');
  // The build and the tests need the development packages, whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  if (!run('npm', args, FROM_SOURCE))
    give('npm ci failed; its messages are above. Compiling needs python3, make, g++ and the headers of this Node.');
  const left = uncompiled();
  if (left.length) compile(left, 'the install script did not run');
  stampKind();
}

// Compiled, not downloaded as binaries from elsewhere.
const FROM_SOURCE = { ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_build_from_source: 'true' };

function compile(names, why) {
  if (!run('npm', ['rebuild', ...names, '--loglevel=error'], FROM_SOURCE))
    give(`${names.join(' and ')} not compiled: ${why}. Try by hand: npm rebuild ${names.join(' ')}`);
}

/** Addons of another kind of Node, which would not load. */
function compileAgain() {
  const before = read(kindStamp());
  if (before && before !== KIND) {
    say('compiling gl and better-sqlite3 for this Node');
    compile(Object.keys(COMPILED), `they were compiled for another Node (${before})`);
  }
  stampKind();
}

/** Debian package of each library that gl and its Vulkan driver need at run time. */
const LIBRARIES = {
  'libvulkan.so.1': 'libvulkan1',
  'libX11.so.6': 'libx11-6',
  'libXext.so.6': 'libxext6',
  'libxcb.so.1': 'libxcb1',
  'libdrm.so.2': 'libdrm2',
};

/** The dynamic linker's list of libraries; empty where the system has no ldconfig. */
function libraries() {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  return stdout ?? '';
}

function installGraphics() {
  const known = libraries();
  if (!known) return say('no ldconfig here: "fidsweep doctor" says whether a graphics library is missing');
  const missing = Object.entries(LIBRARIES).flatMap(([library, name]) => (known.includes(library) ? [] : [name]));
  const drivers = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].some(
    (folder) => existsSync(folder) && readdirSync(folder).length,
  );
  if (!drivers && !process.env.VK_ICD_FILENAMES && !process.env.VK_DRIVER_FILES) missing.push('mesa-vulkan-drivers');
  if (!missing.length) return;
  // Who cannot install may still have an X server to render on.
  if (process.getuid() !== 0 && process.env.DISPLAY)
    say(`rendering on DISPLAY, since these are missing: ${missing.join(' ')}`);
  else aptInstall(missing, 'Rendering needs graphics libraries that are not here.');
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
  const [bundled] = JSON.parse(read(at('models', 'manifest.json'))).extractors;
  if (existsSync(at('models', bundled.file))) return;
  say('building the bundled model');
  if (!run(process.execPath, [at('dist', 'cli', 'main.js'), 'models', 'build'])) process.exit(2);
}

/** Where the tests look for a browser (test/browser/browser.ts). */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function installBrowser() {
  if (process.env.CHROMIUM || BROWSERS.some((path) => existsSync(path))) return;
  aptInstall(['chromium'], 'The tests of the pages drive a browser that is not here.');
}

checkNode();
installPackages();
installGraphics();
if (process.argv.includes('--tests')) installBrowser();
build();
buildModel();
