import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { type DownloadOptions, download } from '../../src/extract/download.js';
import { temporaryFolder } from '../temporary.js';

const CONTENT = randomBytes(300_000);
const HALF = 150_000;
const sha256 = createHash('sha256').update(CONTENT).digest('hex');
const bytes = CONTENT.length;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answers: Record<string, Answer>;
/** Path and range of every request, in order. */
let asked: string[];
let base: string;
let folder: string;
let to: string;

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push([path, request.headers.range].filter(Boolean).join(' '));
    const answer = answers[path.slice(1)];
    if (answer) answer(request, response);
    else response.writeHead(404).end('nothing here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = temporaryFolder();
  to = join(folder, 'weights.pth');
});
afterEach(() => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const urls = (...paths: string[]) => paths.map((path) => `${base}/${path}`);
const get = (paths: string[], options?: DownloadOptions) =>
  download({ urls: urls(...paths), sha256, bytes, to }, options);
const failure = async (paths: string[], options?: DownloadOptions): Promise<string> => {
  const error = await get(paths, options).then(
    () => expect.fail('it was downloaded'),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(existsSync(to)).toBe(false);
  return (error as Error).message;
};
const files = () => readdirSync(folder).sort();
const good = () => {
  expect(readFileSync(to).equals(CONTENT)).toBe(true);
  expect(files()).toEqual(['weights.pth']);
};

/** A server as it should be: with ranges. */
const proper: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const part = CONTENT.subarray(from);
  const range = { 'Content-Range': `bytes ${from}-${bytes - 1}/${bytes}` };
  response.writeHead(request.headers.range ? 206 : 200, { 'Content-Length': part.length, ...(from > 0 && range) });
  response.end(part);
};
/** Knows no ranges. */
const whole =
  (content: Uint8Array): Answer =>
  (_request, response) =>
    void response.writeHead(200, { 'Content-Length': content.length }).end(content);
/** The same without saying how long it is. */
const unsized =
  (content: Uint8Array): Answer =>
  (_request, response) => {
    response.write(content);
    response.end();
  };
/** Sends half of what was promised, then the connection breaks. */
const broken: Answer = (_request, response) => {
  response.writeHead(200, { 'Content-Length': bytes });
  response.write(CONTENT.subarray(0, HALF), () => setTimeout(() => response.destroy(), 20));
};
/** Sends half and then nothing more. */
const silent: Answer = (_request, response) => {
  response.writeHead(200, { 'Content-Length': bytes });
  response.write(CONTENT.subarray(0, HALF));
};
const redirect =
  (location: string, status = 302): Answer =>
  (_request, response) =>
    void response.writeHead(status, { Location: location }).end();

const tampered = Buffer.from(CONTENT);
tampered[7]! ^= 1;

describe('a download', () => {
  test('puts the file in place, whole, and says how far it is', async () => {
    answers.a = proper;
    const progress: number[] = [];
    const onProgress = (done: number, total: number) => {
      expect(total).toBe(bytes);
      expect(existsSync(to)).toBe(false);
      progress.push(done);
    };
    await get(['a'], { onProgress });
    good();
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(bytes);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  test('replaces what was there only when it is complete', async () => {
    writeFileSync(to, 'an old file');
    answers = { b: broken, a: proper };
    await expect(get(['b'])).rejects.toThrow(UserError);
    expect(readFileSync(to, 'utf8')).toBe('an old file');
    await get(['a']);
    good();
  });

  test('follows redirects, but not on and on, nor to nowhere, nor to another protocol', async () => {
    answers = {
      a: redirect('/b', 301),
      b: redirect(`${base}/c`, 307),
      c: proper,
      loop: redirect('/loop'),
      nowhere: redirect(''),
      file: redirect('file:///etc/passwd'),
      secret: redirect(`${base.replace('//', '//name:word@')}/c`),
    };
    await get(['a']);
    good();
    to = join(folder, 'other');
    expect(await failure(['loop'])).toContain('more than 5 redirects');
    expect(asked.filter((path) => path === '/loop')).toHaveLength(6);
    expect(await failure(['nowhere'])).toContain('HTTP 302 that leads nowhere');
    expect(await failure(['file'])).toContain('it is a file: URL');
    const message = await failure(['secret']);
    expect(message).toContain('a password');
    expect(message).not.toContain('word@');
  });

  test('does not follow from HTTPS to anything less', async () => {
    const location = `${base}/a`;
    answers.a = proper;
    vi.spyOn(globalThis, 'fetch').mockResolvedValueOnce(new Response(null, { status: 302, headers: { location } }));
    const wanted = { urls: ['https://mirror.example/weights.pth'], sha256, bytes, to };
    await expect(download(wanted)).rejects.toThrow(/leads from HTTPS to http:/);
    expect(asked).toEqual([]);
  });

  test('takes a good mirror after a bad one, and says why the bad one was left', async () => {
    answers = { b: proper };
    const notes: string[] = [];
    await get(['a', 'b'], { onNote: (note) => notes.push(note) });
    good();
    expect(notes).toEqual([`${base}/a: HTTP 404 Not Found`]);
  });

  test('names every mirror and its failure when none gives the file', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    answers.b = (_request, response) => void response.writeHead(503).end();
    const refused = `http://127.0.0.1:${port}/c`;
    const wanted = { urls: [...urls('a', 'b'), refused], sha256, bytes, to };
    const error = await download(wanted).catch((error: Error) => error);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(`${base}/a: HTTP 404 Not Found\n`);
    expect(String(error)).toContain(`${base}/b: HTTP 503 Service Unavailable\n`);
    expect(String(error)).toMatch(/\/c: .*ECONNREFUSED/);
    expect(files()).toEqual([]);
  });
});

describe('a cut download', () => {
  test('keeps what came, and the next one continues there', async () => {
    answers = { a: broken };
    expect(await failure(['a'])).toMatch(/\/a: .*\nThe first 150,000 bytes are kept; the next fetch continues there\./);
    expect(files()).toEqual(['weights.pth.part']);
    answers = { a: proper };
    const progress: number[] = [];
    await get(['a'], { onProgress: (done) => progress.push(done) });
    good();
    expect(asked).toEqual(['/a', `/a bytes=${HALF}-`]);
    expect(progress[0]).toBe(HALF);
  });

  test('continues at the next mirror', async () => {
    answers = { a: broken, b: proper };
    await get(['a', 'b']);
    good();
    expect(asked).toEqual(['/a', `/b bytes=${HALF}-`]);
  });

  test('begins anew where the server knows no ranges', async () => {
    answers = { a: broken, b: whole(CONTENT) };
    await get(['a', 'b']);
    good();
  });

  test.each<[what: string, why: RegExp, answer: Answer]>([
    [
      'another range than was asked for',
      /another part of a file than was asked for, .*beginning anew/,
      (request, response) => {
        if (!request.headers.range) return proper(request, response);
        response.writeHead(206, { 'Content-Range': `bytes 0-${bytes - 1}/${bytes}` }).end(CONTENT);
      },
    ],
    [
      'a range of another file',
      /another part of a file/,
      (request, response) => {
        if (!request.headers.range) return proper(request, response);
        response.writeHead(206, { 'Content-Range': `bytes ${HALF}-${bytes + 9}/${bytes + 10}` });
        response.end(CONTENT.subarray(HALF));
      },
    ],
    [
      'a 416',
      /nothing from that byte on/,
      (request, response) => {
        if (!request.headers.range) return proper(request, response);
        response.writeHead(416).end();
      },
    ],
  ])('begins anew after %s', async (_what, why, answer) => {
    answers = { a: broken, b: answer };
    const notes: string[] = [];
    await get(['a', 'b'], { onNote: (note) => notes.push(note) });
    good();
    expect(asked).toEqual(['/a', `/b bytes=${HALF}-`, '/b']);
    expect(notes[1]).toMatch(why);
  });

  test('begins anew when the bytes that were kept prove to be others', async () => {
    writeFileSync(`${to}.part`, tampered.subarray(0, HALF));
    answers = { a: proper };
    const notes: string[] = [];
    await get(['a'], { onNote: (note) => notes.push(note) });
    good();
    expect(asked).toEqual([`/a bytes=${HALF}-`, '/a']);
    expect(notes[0]).toMatch(/SHA-256 [0-9a-f]{64}, expected .*beginning anew/);
  });

  test('needs no mirror when all bytes had come', async () => {
    writeFileSync(`${to}.part`, CONTENT);
    await get(['a']);
    good();
    expect(asked).toEqual([]);
  });

  test('throws away more bytes than there can be', async () => {
    writeFileSync(`${to}.part`, Buffer.concat([CONTENT, CONTENT]));
    answers = { a: proper };
    // At once: whoever left so much may have left more than can be read.
    await get(['a'], { onNote: (note) => expect.fail(note) });
    good();
    expect(asked).toEqual(['/a']);
  });

  test('continues what a killed process left, but not what a running one writes', async () => {
    const long = new Date(Date.now() - 3_600_000);
    // No process has this number: the largest that Linux gives is 2²².
    const left = `${to}.part-99999999-0123abcd`;
    const running = `${to}.part-${process.pid}-0123abcd`;
    for (const part of [left, running]) {
      writeFileSync(part, CONTENT.subarray(0, part === left ? HALF : 10));
      utimesSync(part, long, long);
    }
    answers = { a: proper };
    await get(['a']);
    expect(asked).toEqual([`/a bytes=${HALF}-`]);
    expect(files()).toEqual(['weights.pth', `weights.pth.part-${process.pid}-0123abcd`]);
  });

  test('never writes through a link that lies where the part should be', async () => {
    const elsewhere = join(temporaryFolder(), 'precious');
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, `${to}.part`);
    answers = { a: proper };
    await get(['a']);
    good();
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
  });
});

describe('a wrong file', () => {
  test('is not kept: both hashes and the address are said', async () => {
    answers = { a: whole(tampered) };
    const hash = createHash('sha256').update(tampered).digest('hex');
    const message = await failure(['a']);
    expect(message).toContain(`${base}/a: SHA-256 ${hash}, expected ${sha256}`);
    expect(message).not.toContain('kept');
    expect(files()).toEqual([]);
  });

  test('does not keep the next mirror from being tried', async () => {
    answers = { a: whole(tampered), b: proper };
    await get(['a', 'b']);
    good();
    expect(asked).toEqual(['/a', '/b']);
  });

  test('of another size is refused before a byte of it is taken', async () => {
    answers = { short: whole(CONTENT.subarray(1)), long: whole(Buffer.concat([CONTENT, CONTENT])) };
    writeFileSync(`${to}.part`, CONTENT.subarray(0, HALF));
    const message = await failure(['short', 'long']);
    expect(message).toContain(`/short: its file has ${bytes - 1} bytes, expected ${bytes}`);
    expect(message).toContain(`/long: its file has ${2 * bytes} bytes, expected ${bytes}`);
    expect(readFileSync(`${to}.part`).equals(CONTENT.subarray(0, HALF))).toBe(true);
  });

  test('without end is left as soon as it is too long', async () => {
    let sent = 0;
    answers.a = (_request, response) => {
      response.on('error', () => {});
      const more = () => {
        if (response.destroyed) return;
        sent += CONTENT.length;
        response.write(CONTENT, () => setImmediate(more));
      };
      more();
    };
    const write = vi.spyOn(await fileHandle(), 'write');
    expect(await failure(['a'])).toContain('it sends more than 300,000 bytes');
    const written = write.mock.calls.reduce((sum, call) => sum + Number(call[2]), 0);
    expect(written).toBeLessThanOrEqual(bytes);
    expect(sent).toBeLessThan(100 * bytes);
    expect(files()).toEqual([]);
  });

  test('that ends too early without having said its size is said to end', async () => {
    answers = { a: unsized(CONTENT.subarray(0, HALF)) };
    expect(await failure(['a'])).toContain('it ended after 150,000 of 300,000 bytes');
  });
});

/** The prototype of what `open` of node:fs/promises gives. */
async function fileHandle(): Promise<FileHandle> {
  const handle = await open(import.meta.filename);
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

describe('a download that is stopped', () => {
  test('by silence goes on at the next mirror', async () => {
    answers = { a: silent, mute: () => {}, b: proper };
    const notes: string[] = [];
    await get(['a', 'mute', 'b'], { stallTimeout: 300, onNote: (note) => notes.push(note) });
    good();
    expect(notes).toEqual([`${base}/a: not a byte for 0.3 s`, `${base}/mute: not a byte for 0.3 s`]);
  });

  test('by the time limit keeps what came and asks no other mirror', async () => {
    answers = { a: silent, b: proper };
    expect(await failure(['a', 'b'], { timeLimit: 500 })).toMatch(
      /the time limit of 0\.5 s is over\nThe first 150,000/,
    );
    expect(asked).toEqual(['/a']);
    expect(files()).toEqual(['weights.pth.part']);
  });

  test('by an abort keeps what came, and throws the reason', async () => {
    answers = { a: silent, b: proper };
    const stop = new AbortController();
    const reason = new Error('enough');
    const onProgress = (done: number) => done === HALF && stop.abort(reason);
    await expect(get(['a', 'b'], { signal: stop.signal, onProgress })).rejects.toBe(reason);
    expect(asked).toEqual(['/a']);
    expect(files()).toEqual(['weights.pth.part']);
    await expect(get(['b'], { signal: stop.signal })).rejects.toBe(reason);
    expect(files()).toEqual(['weights.pth.part']);
    await get(['b']);
    good();
  });

  test('by a full disk says so, and leaves nothing on it', async () => {
    answers = { a: proper, b: proper };
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const handle = await fileHandle();
    const real = handle.write;
    let writes = 0;
    vi.spyOn(handle, 'write').mockImplementation(function (this: FileHandle, ...given: unknown[]) {
      writes++;
      return writes > 1 ? Promise.reject(full) : Reflect.apply(real, this, given);
    });
    const message = await failure(['a', 'b']);
    expect(message).toContain('the disk is full');
    expect(message).toContain('XDG_DATA_HOME');
    expect(writes).toBe(2);
    expect(asked).toEqual(['/a']);
    expect(files()).toEqual([]);
  });

  test('by too little space on the disk asks for nothing', async () => {
    const error = await download({ urls: urls('a'), sha256, bytes: 2 ** 52, to }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain('bytes free and 4,503,599,627,370,496 are needed');
    expect(asked).toEqual([]);
    expect(files()).toEqual([]);
  });

  test('by a folder that cannot be made says where it should have been', async () => {
    const blocked = join(folder, 'a file');
    writeFileSync(blocked, '');
    to = join(blocked, 'models', 'weights.pth');
    expect(await failure(['a'])).toMatch(/models cannot be kept there \(ENOTDIR\)\. Set XDG_DATA_HOME/);
  });
});

describe('several downloads at once', () => {
  test('each write a file of their own, and one good file is there in the end', async () => {
    // Every request gets its bytes in two halves, so that the downloads overlap.
    answers.a = (request, response) => {
      response.writeHead(200, { 'Content-Length': bytes });
      response.write(CONTENT.subarray(0, HALF));
      setTimeout(() => response.end(CONTENT.subarray(HALF)), 50);
      request.resume();
    };
    writeFileSync(`${to}.part`, CONTENT.subarray(0, 10));
    await Promise.all([get(['a']), get(['a']), get(['a'])]);
    good();
    // One of them, and only one, took the bytes that were kept.
    expect(asked.sort()).toEqual(['/a', '/a', '/a bytes=10-']);
  });

  test('leave no part that another one left meanwhile', async () => {
    answers.a = (request, response) => {
      writeFileSync(`${to}.part`, CONTENT.subarray(0, HALF));
      proper(request, response);
    };
    await get(['a']);
    good();
  });

  test('do not disturb one another when one of them fails', async () => {
    answers = { a: silent, b: proper, c: whole(tampered) };
    const stop = new AbortController();
    const stopped = get(['a'], { signal: stop.signal }).catch(() => 'stopped');
    await Promise.all([get(['b']), failureOf(get(['c']))]);
    stop.abort();
    expect(await stopped).toBe('stopped');
    expect(readFileSync(to).equals(CONTENT)).toBe(true);
  });
});

const failureOf = (promise: Promise<void>) => expect(promise).rejects.toThrow(/SHA-256/);

test('a FIFO in the place of the part is not waited for', async () => {
  const { execFileSync } = await import('node:child_process');
  mkdirSync(folder, { recursive: true });
  execFileSync('mkfifo', [`${to}.part`]);
  answers = { a: proper };
  await get(['a']);
  good();
});

test('a part of no bytes is asked for from the beginning', async () => {
  closeSync(openSync(`${to}.part`, constants.O_CREAT | constants.O_WRONLY));
  answers = { a: proper };
  await get(['a']);
  good();
  expect(asked).toEqual(['/a']);
});

test.skipIf(process.platform !== 'linux')(
  'where no folder can be made it is given up, not tried without end',
  async () => {
    to = '/proc/zzz/weights.pth';
    answers = { a: proper };
    expect(await failure(['a'])).toMatch(/^\/proc\/zzz\/weights\.pth: ENOENT.*mkdir '\/proc\/zzz'/);
    expect(asked).toEqual([]);
  },
);
