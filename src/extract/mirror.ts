import { messageOf } from '../core/errors.js';

/** Why a mirror did not give the file: the next one may. */
export class MirrorFailure extends Error {
  /** @param useless whether the bytes that are there are no beginning of the file, so far as can be known */
  constructor(
    message: string,
    readonly useless = false,
  ) {
    super(message);
  }
}

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** What went wrong with a connection: fetch says "fetch failed" and keeps the reason in `cause`. */
export function connectionFailure(error: unknown): MirrorFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  // Several addresses that all failed make an error with a code alone.
  return new MirrorFailure(messageOf(cause) || code || 'the connection failed');
}

/** Why an address cannot be a mirror; nothing when it can. */
export function mirrorFault(address: string): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'it is no URL';
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `it is a ${url.protocol} URL`;
  return url.username || url.password ? 'it has a name or a password in it' : undefined;
}

/** Asks for an address, through redirects, but never from HTTPS to anything less. */
async function respond(address: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  let url = new URL(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await fetch(url, { headers, signal, redirect: 'manual' }).catch((error: unknown) => {
      throw connectionFailure(error);
    });
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location') ?? '';
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (!location || !next) throw new MirrorFailure(`HTTP ${response.status} that leads nowhere`);
    const fault = mirrorFault(next.href);
    if (fault) throw new MirrorFailure(`leads to ${next.host}, but ${fault}`);
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw new MirrorFailure(`leads from HTTPS to ${next.protocol}//${next.host}`);
    }
    url = next;
  }
  throw new MirrorFailure(`leads on and on: more than ${MOST_REDIRECTS} redirects`);
}

/**
 * Asks a mirror for a file of `bytes` bytes from byte `have` on.
 *
 * @returns the body, and the byte it begins at: 0 where the server gives no ranges
 */
export async function openMirror(
  address: string,
  have: number,
  bytes: number,
  signal: AbortSignal,
): Promise<{ start: number; body: ReadableStreamDefaultReader<Uint8Array> }> {
  const headers = { 'Accept-Encoding': 'identity', ...(have > 0 && { Range: `bytes=${have}-` }) };
  const response = await respond(address, headers, signal);
  const { status, statusText, body } = response;
  const from = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const size = from?.[2] ?? '*';
  if (have > 0 && status === 416) throw new MirrorFailure('it has nothing from that byte on', true);
  if (have > 0 && status === 206 && (from?.[1] !== String(have) || ![String(bytes), '*'].includes(size))) {
    throw new MirrorFailure('it gave another part of a file than was asked for', true);
  }
  if (status !== 200 && !(have > 0 && status === 206)) throw new MirrorFailure(`HTTP ${status} ${statusText}`.trim());
  // With a content encoding the length is that of what is sent, not of the file.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  if (status === 200 && length !== null && Number(length) !== bytes) {
    throw new MirrorFailure(`its file has ${length} bytes, expected ${bytes}`);
  }
  if (!body) throw new MirrorFailure('it sent nothing');
  return { start: status === 206 ? have : 0, body: body.getReader() };
}
