import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../core/paths.js';
import type { Backend, Device } from './protocol.js';

export type GL = WebGL2RenderingContext;

const require = createRequire(import.meta.url);

/** The npm package gl cannot be loaded, whatever the drivers; `message` says what to do. */
export class AddonError extends Error {}

/** The folder of gl's compiled addon. An install that skips install scripts leaves the package without it. */
function addonFolder(): string {
  let entry: string;
  try {
    entry = require.resolve('gl');
  } catch {
    throw new AddonError('The npm package gl is not installed.\nRun: npm ci');
  }
  const build = join(dirname(entry), 'build', 'Release');
  if (!existsSync(join(build, 'webgl.node')))
    throw new AddonError(
      `The npm package gl was not compiled: there is no ${join(build, 'webgl.node')}.\nIts install script did not run. Run: npm rebuild gl`,
    );
  return realpathSync(build);
}

/** Where the system keeps its Vulkan loader; nothing when it has none. */
export function findVulkanLoader(): string | undefined {
  const folders = [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib',
  ];
  const known = folders.map((folder) => join(folder, 'libvulkan.so.1')).find((file) => existsSync(file));
  if (known) return known;
  try {
    const listing = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
    return /libvulkan\.so\.1 .*=> (\S+)/.exec(listing)?.[1];
  } catch {
    return undefined;
  }
}

/**
 * ANGLE looks for `libvulkan.so.1` only beside its own libraries. node_modules may be read-only and is not ours to
 * write, so a cache folder holds links to both, and the addon is loaded from there.
 */
function loadAddonBesideVulkan(build: string): void {
  const loader = findVulkanLoader();
  if (!loader) throw new Error('libvulkan.so.1 is not installed');
  const key = createHash('sha256').update(`${build}\n${loader}`).digest('hex').slice(0, 16);
  const folder = cacheFolder(`angle-${key}`);
  const links = ['webgl.node', 'libEGL.so', 'libGLESv2.so'].map(
    (name) => [join(build, name), join(folder, name)] as const,
  );
  for (const [target, link] of [...links, [loader, join(folder, 'libvulkan.so.1')] as const]) {
    try {
      symlinkSync(target, link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  const addon = { exports: {} };
  process.dlopen(addon, join(folder, 'webgl.node'));
  // `gl` asks `bindings` for its addon: hand it the one just loaded.
  const bindings = createRequire(require.resolve('gl')).resolve('bindings');
  const stand = Object.assign(new (require('node:module'))(bindings), { loaded: true, exports: () => addon.exports });
  require.cache[bindings] = stand;
}

/**
 * Opens the process's one WebGL2 context. One attempt a process: a backend that failed can leave ANGLE unusable, so the
 * parent tries the next in a fresh child.
 *
 * @throws AddonError when no backend can work; any other Error when this one does not
 */
export function openContext(backend: Backend): { gl: GL; device: Device } {
  const build = addonFolder();
  if (backend === 'vulkan') loadAddonBesideVulkan(build);
  else if (!process.env.DISPLAY) throw new Error('DISPLAY is not set');
  const create = require('gl') as typeof import('gl');
  const gl = create(4, 4, { createWebGL2Context: true }) as GL | null;
  if (!gl) throw new Error('the driver gave no WebGL2 context');
  // headless-gl answers the real renderer and version to the parameters' numbers given as text.
  const text = (name: string) => String(gl.getParameter(name as unknown as number));
  const device: Device = {
    backend,
    renderer: text('7937'),
    version: text('7938'),
    maxTextureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE),
    maxLayers: gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS),
  };
  return { gl, device };
}
