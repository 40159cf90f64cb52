import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { standingOf } from '../live-state.js';
import { overviewFragments, overviewPage, runFragments, runPage } from '../report/dashboard.js';
import type { LiveRun } from '../report/dashboard-run.js';
import { DASHBOARD_SCRIPT } from '../report/dashboard-script.js';
import { ask, unask } from '../store/control.js';
import { bringsToken, cookieName, type Gate, type Refusal, refusalOf } from './dashboard-access.js';
import { Listeners } from './dashboard-events.js';
import { sendFile } from './dashboard-files.js';
import { type PlacedRun, Standings } from './dashboard-standings.js';

const SCRIPT_HASH = createHash('sha256').update(DASHBOARD_SCRIPT).digest('base64');

const PAGE_POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${SCRIPT_HASH}'`,
  // Plots carry their style with them.
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': PAGE_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** Bytes of a request's head, and of its body, that are taken. */
const MOST_HEAD = 32_768;
const MOST_BODY = 1024;

/** Seconds for which a browser keeps the cookie: every dashboard has one of its own. */
const COOKIE = 86_400;

/** Milliseconds without a byte to or from a client after which it is let go. */
const IDLE = 30_000;

export interface DashboardOptions {
  readonly token: string;
  /** 0 for a free one. */
  readonly port: number;
  /** The runs there are now. */
  readonly runs: () => readonly PlacedRun[];
  /** Runs that there are besides. */
  readonly unshown?: () => number;
  readonly watchOnly: boolean;
}

export interface Dashboard {
  /** With its token. */
  readonly url: string;
  /** Tells the pages what has changed. */
  update(): void;
  close(): Promise<void>;
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why: Readonly<Record<string, string>> = {
        EADDRINUSE: 'is in use',
        EACCES: 'is not for everybody to listen on',
      };
      const known = why[error.code ?? ''];
      reject(
        known === undefined
          ? new UserError(`127.0.0.1 cannot be listened on: ${error.message}.`)
          : new UserError(`Port ${port} of 127.0.0.1 ${known}. Choose another --port, or leave it out for a free one.`),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });

const MISSING: Refusal = { status: 404, message: 'There is no such page.' };

type Wish = 'pause' | 'go-on' | 'stop';

/** Answers to requests, by what is known of the runs. Whatever is not answered is refused, and why is told. */
class Answers {
  readonly listeners = new Listeners();
  readonly #options: DashboardOptions;
  readonly #gate: Gate;
  readonly #standings: Standings;

  constructor(options: DashboardOptions, port: number) {
    this.#options = options;
    this.#gate = { port, token: options.token };
    this.#standings = new Standings(options.runs);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(request, this.#gate);
    if (refusal) {
      refuse(request, response, refusal);
      return;
    }
    if (bringsToken(request, this.#gate)) {
      const cookie = `${cookieName(this.#gate)}=${this.#options.token}; Path=/; Max-Age=${COOKIE}; HttpOnly; SameSite=Strict`;
      response.setHeader('Set-Cookie', cookie);
    }
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    const answer = request.method === 'POST' ? this.#post(path, request, response) : this.#get(path, request, response);
    if (answer) refuse(request, response, answer);
  }

  /** Looks anew, and tells the listeners what has changed. */
  update(): void {
    this.#standings.look();
    this.listeners.tell();
  }

  #get(path: string, request: IncomingMessage, response: ServerResponse): Refusal | undefined {
    const [, place, name] = /^\/runs\/(\d{1,5})(?:\/(.*))?$/s.exec(path) ?? [];
    // As it is asked for by proxies, and of a server as a whole.
    if (!path.startsWith('/')) return MISSING;
    const what = place === undefined ? path.slice(1) : (name ?? '');
    const all = this.#standings.all;
    const [only] = all;
    // Of one run alone there is nothing to choose from.
    const here = place !== undefined ? Number(place) : path === '/' && all.length === 1 ? only!.place : undefined;
    const found = all.find((one) => one.place === here);
    if (here !== undefined && !found) return MISSING;
    const options = () => ({
      now: Date.now(),
      controls: !this.#options.watchOnly,
      unshown: this.#options.unshown?.() ?? 0,
    });
    const fragments = () => {
      const now = this.#standings.all;
      if (here === undefined) return overviewFragments(now, options());
      return now.some((one) => one.place === here) ? runFragments(now, here, options()) : undefined;
    };
    if (what === '') {
      const whole = { ...options(), script: DASHBOARD_SCRIPT };
      const page = here === undefined ? overviewPage(all, whole) : runPage(all, here, whole);
      send(request, response, 'text/html; charset=utf-8', page);
    } else if (what === 'fragments') {
      send(request, response, 'application/json', JSON.stringify(fragments()));
    } else if (what === 'events' && request.method === 'GET') {
      if (!this.listeners.add(response, fragments)) return { status: 503, message: 'Too many pages are open.' };
    } else if (!found || !sendFile(found.run.folder, what, request, response)) return MISSING;
    return undefined;
  }

  #post(path: string, request: IncomingMessage, response: ServerResponse): Refusal | undefined {
    const [, place, wish] = /^\/runs\/(\d{1,5})\/(pause|go-on|stop)$/.exec(path) ?? [];
    const found = this.#options.runs().find((one) => String(one.place) === place);
    if (!found) return MISSING;
    if (this.#options.watchOnly) return { status: 403, message: 'This dashboard only watches.' };
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY)
      return { status: 413, message: 'The request is too large.' };
    let taken = 0;
    request.on('data', (part: Buffer) => {
      taken += part.length;
      if (taken > MOST_BODY) request.destroy();
    });
    request.on('end', () => {
      const { refusal, holder } = carryOut(found.run, wish as Wish);
      if (wish === 'stop' && holder !== undefined) this.#standings.askedToStop(found.run, holder);
      if (refusal) refuse(request, response, refusal);
      else response.writeHead(204).end();
      this.update();
    });
    return undefined;
  }
}

/** Asks for what a button says, by a file in the run folder; gives who is asked. */
function carryOut(run: LiveRun, wish: Wish): { readonly refusal?: Refusal; readonly holder?: string } {
  try {
    const { holder } = standingOf(run);
    if (holder === undefined) return { refusal: { status: 409, message: 'No process works on this run now.' } };
    if (wish === 'go-on') unask(run.folder, 'pause');
    else ask(run.folder, wish);
    return { holder };
  } catch (error) {
    return { refusal: { status: 409, message: plain(messageOf(error)) } };
  }
}

function send(request: IncomingMessage, response: ServerResponse, type: string, text: string): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(request.method === 'HEAD' ? undefined : text);
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, message }: Refusal): void {
  response.statusCode = status;
  if (status === 405) response.setHeader('Allow', 'GET, HEAD, POST');
  // What it may still send is not waited for.
  if (request.method !== 'GET' && request.method !== 'HEAD') response.setHeader('Connection', 'close');
  send(request, response, 'text/plain; charset=utf-8', `${message}\n`);
}

/** Serves a dashboard on 127.0.0.1 until it is closed. Throws a UserError where its port cannot be listened on. */
export async function serveDashboard(options: DashboardOptions): Promise<Dashboard> {
  const server = createServer({
    maxHeaderSize: MOST_HEAD,
    requestTimeout: 10_000,
    headersTimeout: 5000,
    connectionsCheckingInterval: 1000,
  });
  server.maxConnections = 256;
  server.keepAliveTimeout = 5000;
  server.setTimeout(IDLE);
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const answers = new Answers(options, port);
  server.on('request', (request, response) => {
    try {
      answers.handle(request, response);
    } catch (error) {
      // One page that cannot be made does not end the others.
      process.stderr.write(`${plain(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    }
  });
  return {
    url: `http://127.0.0.1:${port}/?token=${options.token}`,
    update: () => answers.update(),
    close() {
      answers.listeners.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
