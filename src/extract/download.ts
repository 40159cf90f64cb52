import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../core/errors.js';
import { makeFolder } from '../core/files.js';
import { connectionFailure, MirrorFailure, openMirror } from './mirror.js';
import { folderError } from './model-folder.js';
import { claimPart, leavePart } from './part-file.js';

/** A file of known content: where it may be had, and where it is to be. */
export interface Wanted {
  readonly urls: readonly string[];
  readonly sha256: string;
  readonly bytes: number;
  readonly to: string;
}

export interface DownloadOptions {
  /** Bytes that are there, of `bytes`. */
  readonly onProgress?: (done: number, total: number) => void;
  /** What the user should know although it goes on: a mirror that failed, bytes that were thrown away. */
  readonly onNote?: (message: string) => void;
  /** Ends it; what came stays for the next download. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which a mirror is given up. */
  readonly stallTimeout?: number;
  /** Milliseconds for everything. */
  readonly timeLimit?: number;
}

/** The bytes that have come, in a file of this download's own. */
interface Part {
  readonly path: string;
  readonly file: FileHandle;
  length: number;
}

const amount = (bytes: number): string => bytes.toLocaleString('en-GB');

/**
 * A controller that aborts when `signal` does, until it is unlinked. `AbortSignal.any` would do, but Node 20 may collect
 * such a signal as garbage while a download still waits for it.
 */
function follow(signal: AbortSignal | undefined): { controller: AbortController; unlink: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return { controller, unlink: () => signal?.removeEventListener('abort', abort) };
}

async function clear(part: Part): Promise<void> {
  await part.file.truncate(0);
  part.length = 0;
}

/** Adds what a mirror sends to the part, until all `bytes` are there. */
async function transfer(url: string, part: Part, bytes: number, signal: AbortSignal, options: DownloadOptions) {
  const { onProgress, stallTimeout = 30_000 } = options;
  const { controller, unlink } = follow(signal);
  let silence: MirrorFailure | undefined;
  const seconds = stallTimeout / 1000;
  /** Waits for the mirror, so long as it is not silent. */
  const patiently = async <T>(promise: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => {
      silence = new MirrorFailure(`not a byte for ${seconds} s`);
      controller.abort();
    }, stallTimeout);
    try {
      return await promise();
    } catch (error) {
      if (silence) throw silence;
      throw error instanceof MirrorFailure ? error : connectionFailure(error);
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    const { start, body } = await patiently(() => openMirror(url, part.length, bytes, controller.signal));
    if (start !== part.length) await clear(part);
    for (;;) {
      onProgress?.(part.length, bytes);
      const { done, value } = await patiently(() => body.read());
      if (done) break;
      if (part.length + value.length > bytes)
        throw new MirrorFailure(`it sends more than ${amount(bytes)} bytes`, true);
      for (let written = 0; written < value.length; ) {
        const { bytesWritten } = await part.file.write(value, written, value.length - written, part.length);
        written += bytesWritten;
        part.length += bytesWritten;
      }
    }
    if (part.length < bytes) throw new MirrorFailure(`it ended after ${amount(part.length)} of ${amount(bytes)} bytes`);
  } finally {
    // Closes a connection whose rest is not wanted.
    controller.abort();
    unlink();
  }
}

/** The hash of what is on the disk, which need not be what was sent. */
async function hashOf({ file, length }: Part): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest('hex');
}

async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  throw new UserError(
    `${folder}: the disk has ${amount(bavail * bsize)} bytes free and ${amount(needed)} are needed. ` +
      'Free some space, or set XDG_DATA_HOME to a folder with more.',
  );
}

/** Gets all bytes from one mirror, continuing what is there; begins anew, once, if that proves to be of no use. */
async function fetchFrom(url: string, part: Part, wanted: Wanted, signal: AbortSignal, options: DownloadOptions) {
  const { sha256, bytes } = wanted;
  for (;;) {
    const continued = part.length > 0;
    try {
      if (part.length < bytes) await transfer(url, part, bytes, signal, options);
      const hash = await hashOf(part);
      if (hash === sha256) return;
      throw new MirrorFailure(`SHA-256 ${hash}, expected ${sha256}`, true);
    } catch (error) {
      if (!(error instanceof MirrorFailure) || !error.useless) throw error;
      await clear(part);
      if (!continued || signal.aborted) throw error;
      options.onNote?.(`${url}: ${error.message}, continuing an earlier download; beginning anew`);
    }
  }
}

/** Tries the mirrors in their order. `failures` gets why each failed; true as soon as one did not. */
async function tryMirrors(part: Part, wanted: Wanted, failures: string[], options: DownloadOptions): Promise<boolean> {
  const { signal: stop, timeLimit = 3_600_000, onNote } = options;
  const { controller, unlink } = follow(stop);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, timeLimit);
  try {
    for (const [place, url] of wanted.urls.entries()) {
      stop?.throwIfAborted();
      try {
        await fetchFrom(url, part, wanted, controller.signal, options);
        return true;
      } catch (error) {
        stop?.throwIfAborted();
        if (!(error instanceof MirrorFailure)) throw error;
        const message = `${url}: ${late ? `the time limit of ${timeLimit / 1000} s is over` : error.message}`;
        failures.push(message);
        if (late) break;
        // The last failure is in the error that follows.
        if (place < wanted.urls.length - 1) onNote?.(message);
      }
    }
    return false;
  } finally {
    clearTimeout(timer);
    unlink();
  }
}

/**
 * Downloads a file whose content is known: from the first mirror that gives it, continuing what an earlier download left
 * (HTTP ranges). `to` appears whole, after its size and SHA-256 were verified, or not at all; never more bytes are
 * written than expected. Cut off, timed out or aborted, the bytes that came stay beside it (`.part`) for the next
 * download; what has a wrong hash does not, nor anything on a full disk. Downloads at once, in one process or several,
 * each write a file of their own.
 *
 * When no mirror gives it, a user error says why each did not; an abort throws the signal's reason.
 */
export async function download(wanted: Wanted, options: DownloadOptions = {}): Promise<void> {
  const { to, bytes } = wanted;
  const failures: string[] = [];
  let keep = true;
  let part: Part | undefined;
  const folder = dirname(to);
  try {
    makeFolder(folder);
    const path = await claimPart(to);
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
    part = { path, file, length: (await file.stat()).size };
    if (part.length > bytes) await clear(part);
    await checkSpace(folder, bytes - part.length);
    if (await tryMirrors(part, wanted, failures, options)) {
      await file.sync();
      await rename(path, to);
      keep = false;
      // Another download may have left its part meanwhile: of no use now.
      await rm(`${to}.part`, { force: true });
      return;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOSPC', 'EDQUOT'].includes(code)) keep = false;
    throw options.signal?.aborted ? options.signal.reason : folderError(error, to);
  } finally {
    await part?.file.close();
    if (part) await (keep && part.length > 0 ? leavePart(part.path, to) : rm(part.path, { force: true }));
  }
  const left =
    part.length > 0 ? `\nThe first ${amount(part.length)} bytes are kept; the next fetch continues there.` : '';
  throw new UserError(`No mirror gave ${to}:\n${failures.map((line) => `  ${line}`).join('\n')}${left}`);
}
