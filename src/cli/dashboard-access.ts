import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may ask a dashboard for what: a page of another origin may not, nor anybody without its token. */

export interface Gate {
  readonly port: number;
  readonly token: string;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

const METHODS: readonly unknown[] = ['GET', 'HEAD', 'POST'];

/** Cookies are shared by all ports of a host. */
export const cookieName = ({ port }: Gate): string => `fidsweep-${port}`;

const hostsOf = ({ port }: Gate): string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

/** Whether a text is the token, in a time that does not tell how much of it is. */
function isToken(text: string, { token }: Gate): boolean {
  const hash = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(hash(text), hash(token));
}

function cookiesOf({ headers }: IncomingMessage, name: string): string[] {
  return (headers.cookie ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}

/** The token in the query of a request; undefined where there is none. */
export const tokenIn = ({ url }: IncomingMessage): string | undefined => /[?&]token=([^&#]*)/.exec(url ?? '')?.[1];

/** Whether a request brings the token in its address, by which the cookie is set. */
export const bringsToken = (request: IncomingMessage, gate: Gate): boolean => isToken(tokenIn(request) ?? '', gate);

const forbidden = (message: string): Refusal => ({ status: 403, message });

/** Why a request is refused, whatever it asks for; undefined where it is not. */
export function refusalOf(request: IncomingMessage, gate: Gate): Refusal | undefined {
  const { method, headers, rawHeaders } = request;
  if (!METHODS.includes(method)) return { status: 405, message: 'Only GET, HEAD and POST are answered.' };
  // A name that somebody else has made to lead here (DNS rebinding) would be in Host.
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts !== 1 || !hostsOf(gate).includes(headers.host ?? ''))
    return forbidden('This address is not that of the dashboard.');
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`)
    return forbidden('Requests from other origins are refused.');
  const site = headers['sec-fetch-site'];
  const elsewhere = site === 'cross-site' || site === 'same-site';
  if (elsewhere && headers['sec-fetch-mode'] !== 'navigate')
    return forbidden('Requests from other origins are refused.');
  const known = cookiesOf(request, cookieName(gate)).some((value) => isToken(value, gate));
  if (!known && !bringsToken(request, gate))
    return forbidden('The token is missing or not that of this dashboard: open the address that it printed.');
  // A form of another page can send neither.
  if (method === 'POST' && origin === undefined && headers['x-fidsweep'] === undefined)
    return forbidden('A request that changes something needs an Origin, or the header X-Fidsweep.');
  return undefined;
}
