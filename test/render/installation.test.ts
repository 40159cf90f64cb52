import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Renderer } from '../built.js';
import { temporaryFolder } from '../temporary.js';

const ROOT = join(import.meta.dirname, '..', '..');

interface Lack {
  /** Whether gl was compiled. */
  readonly compiled?: boolean;
  /** Packages that are not installed. */
  readonly without?: readonly string[];
}

/** A copy of the built tool with no model yet, among packages that are those of the checkout but for what it lacks. */
function install({ compiled = true, without = [] }: Lack): string {
  const folder = temporaryFolder();
  const packages = join(folder, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name.startsWith('.') || without.includes(name) || (name === 'gl' && !compiled)) continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  }
  if (!compiled) {
    for (const part of ['package.json', 'index.js', 'src'])
      cpSync(join(ROOT, 'node_modules', 'gl', part), join(packages, 'gl', part), { recursive: true });
  }
  for (const part of ['dist', 'package.json', join('models', 'manifest.json')])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  return folder;
}

interface Diagnosis {
  readonly ready: boolean;
  readonly checks: readonly { what: string; state: string; found: string; remedy?: string }[];
}

async function doctor(folder: string): Promise<Diagnosis & { code: number }> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
    const child = execFile(
      process.execPath,
      [join(folder, 'dist', 'cli', 'main.js'), 'doctor', '--json'],
      { env, cwd: folder },
      (_, stdout) => resolve({ code: child.exitCode!, ...(JSON.parse(stdout) as Diagnosis) }),
    );
  });
}

test('doctor: a package gl that was not compiled is named, not a driver', async () => {
  const { code, checks } = await doctor(install({ compiled: false }));
  expect(code).toBe(1);
  const [lack, ...others] = checks.filter(({ state }) => state === 'lack');
  expect(lack).toMatchObject({
    what: 'GL',
    found: expect.stringMatching(/^The npm package gl was not compiled: there is no .*webgl\.node/),
    remedy: 'Its install script did not run. Run: npm rebuild gl',
  });
  expect(others).toEqual([]);
});

test('doctor: a model that is not built yet is a note, one that cannot be built a lack', async () => {
  const unbuilt = await doctor(install({}));
  expect(Object.keys(unbuilt).sort()).toEqual(['checks', 'code', 'ready']);
  expect(unbuilt).toMatchObject({ code: 0, ready: true });
  const modelIn = ({ checks }: Diagnosis) => checks.find(({ what }) => what.startsWith('Model'));
  expect(modelIn(unbuilt)).toMatchObject({ state: 'note', found: 'not built yet' });
  const impossible = await doctor(install({ without: ['nsfwjs'] }));
  expect(impossible).toMatchObject({ code: 1, ready: false });
  expect(modelIn(impossible)).toMatchObject({ state: 'lack', remedy: expect.stringContaining('npm install') });
});

test('a device with too few layers is no reason to install a driver', async () => {
  const opening = Renderer.open({ resolution: 16, layers: 1_000_000, backend: 'vulkan' });
  const message = await opening.catch((error: Error) => error.message);
  expect(message).toMatch(/vulkan: the device holds \d+ texture layers, 1000000 are needed\n/);
  expect(message).not.toMatch(/Install|apt-get/);
});
