import { closeSync, constants, createReadStream, fstatSync, lstatSync, openSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { SCRIPT_SHA256 } from '../report/html-script.js';
import { PICTURE_FILE, PICTURES } from '../store/pictures.js';

/** What of a run folder may be asked for, by its name in an address. */
interface Kind {
  readonly name: RegExp;
  /** From the run folder. */
  readonly folder: string;
  readonly type: string;
  readonly policy: string;
  readonly most: number;
}

const NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const KINDS: readonly Kind[] = [
  {
    // Of an origin of its own, where the dashboard's cookie is not sent; no script but that of our reports runs in it.
    name: /^(report\.html)$/,
    folder: '.',
    type: 'text/html; charset=utf-8',
    policy: `sandbox allow-scripts; ${NOTHING}; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_SHA256}'`,
    most: 2 ** 28,
  },
  {
    name: /^plots\/((?:fid|n|race|pareto)-\d{1,5}\.svg)$/,
    folder: '.',
    type: 'image/svg+xml',
    policy: `sandbox; ${NOTHING}; style-src 'unsafe-inline'`,
    most: 2 ** 24,
  },
  {
    name: /^pictures\/([^/]+)$/,
    folder: PICTURES,
    type: 'image/webp',
    policy: `sandbox; ${NOTHING}`,
    most: 2 ** 22,
  },
];

/** A regular file of at most so many bytes, open; no link, no pipe. Undefined for any other. */
function openFile(path: string, most: number): { readonly file: number; readonly size: number } | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const stats = fstatSync(file);
    if (stats.isFile() && stats.size <= most) return { file, size: stats.size };
  } catch {
    // Missing, a link, or not to be read.
  }
  if (file !== undefined) closeSync(file);
  return undefined;
}

/**
 * Answers with a file of a run folder, as fast as it is taken. False where there is no such file, or it is none that may be
 * asked for.
 *
 * @param name what stands in the address behind the run, undecoded
 */
export function sendFile(folder: string, name: string, request: IncomingMessage, response: ServerResponse): boolean {
  for (const kind of KINDS) {
    const [, own] = kind.name.exec(name) ?? [];
    if (own === undefined || (kind.folder === PICTURES && !PICTURE_FILE.test(own))) continue;
    if (lstatSync(join(folder, kind.folder), { throwIfNoEntry: false })?.isSymbolicLink() && kind.folder !== '.')
      return false;
    const opened = openFile(join(folder, kind.folder, own), kind.most);
    if (!opened) return false;
    response.setHeader('Content-Type', kind.type);
    response.setHeader('Content-Length', opened.size);
    response.setHeader('Content-Security-Policy', kind.policy);
    if (request.method === 'HEAD' || opened.size === 0) {
      closeSync(opened.file);
      response.end();
      return true;
    }
    const stream = createReadStream('', { fd: opened.file, start: 0, end: opened.size - 1 });
    // It became shorter meanwhile, or the reader left.
    stream.on('error', () => response.destroy());
    response.on('close', () => stream.destroy());
    stream.pipe(response);
    return true;
  }
  return false;
}
