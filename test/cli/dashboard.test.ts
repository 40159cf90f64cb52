import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { removeStaleCopies } from '../../src/cli/dashboard-copies.js';
import { type Dashboard, type DashboardOptions, serveDashboard } from '../../src/cli/dashboard-server.js';
import { LiveFolder } from '../../src/live.js';
import { GrowingMoments } from '../../src/live-moments.js';
import type { LiveRun } from '../../src/report/dashboard-run.js';
import { Run } from '../../src/store/run.js';
import { RECORD, REFERENCE } from '../store/records.js';
import { temporaryFolder } from '../temporary.js';
import { run as runCli, start } from './run.js';

/** What a dashboard answers, and above all what it does not. */

const TOKEN = '0123456789abcdef0123456789abcdef';

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Without the cookie. */
  readonly bare?: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

class Served {
  readonly port: number;

  constructor(readonly dashboard: Dashboard) {
    this.port = Number(new URL(dashboard.url).port);
  }

  /** The path goes out as it is written. */
  ask(path: string, { method = 'GET', headers = {}, body, bare = false }: Asked = {}): Promise<Answer> {
    const cookie = bare ? {} : { Cookie: `other=1; fidsweep-${this.port}=${TOKEN}` };
    const options = { host: '127.0.0.1', port: this.port, path, method, headers: { ...cookie, ...headers } };
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(parts).toString() }),
        );
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async status(path: string, asked?: Asked): Promise<number> {
    return (await this.ask(path, asked)).status;
  }

  /** What comes back for some bytes. */
  raw(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(this.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (part) => {
        text += part.toString();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
  }
}

const bareRun = (folder: string, name = 'one'): LiveRun => ({
  folder,
  name,
  notes: [],
  columns: [],
  setAside: 0,
  strips: [],
  complete: false,
});

async function served(runs: readonly LiveRun[], options: Partial<DashboardOptions> = {}): Promise<Served> {
  const placed = runs.map((run, place) => ({ run, place }));
  const dashboard = await serveDashboard({ token: TOKEN, port: 0, runs: () => placed, watchOnly: false, ...options });
  onTestFinished(() => dashboard.close());
  return new Served(dashboard);
}

/** A run folder, held by this process until the test ends. */
function held(folder = join(temporaryFolder(), 'run')): Run {
  const run = Run.create(folder, RECORD, { reference: REFERENCE });
  onTestFinished(() => run.close());
  return run;
}

const live = (run: Run): LiveRun => ({ ...bareRun(run.folder), record: run.record });

describe('the address', () => {
  test('has a token that is not in the page, and a cookie that no script reads', async () => {
    const { dashboard, port } = await served([bareRun('/nowhere')]);
    expect(dashboard.url).toBe(`http://127.0.0.1:${port}/?token=${TOKEN}`);
    const { status, headers, text } = await new Served(dashboard).ask(`/?token=${TOKEN}`, { bare: true });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toEqual([
      `fidsweep-${port}=${TOKEN}; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict`,
    ]);
    expect(text).not.toContain(TOKEN);
  });

  test('is of this machine alone', async () => {
    const { port } = await served([]);
    const others = Object.values((await import('node:os')).networkInterfaces())
      .flat()
      .filter((one) => one && !one.internal && one.family === 'IPv4');
    for (const { address } of others as { address: string }[]) {
      const refused = await new Promise((resolve) => {
        const socket = connect(port, address, () => resolve('answered'));
        socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
      });
      expect(refused).toBe('ECONNREFUSED');
    }
  });

  test.each([
    ['no token', '/', {}],
    ['an empty one', '/?token=', {}],
    ['a part of it', `/?token=${TOKEN.slice(0, -1)}`, {}],
    ['more than it', `/?token=${TOKEN}0`, {}],
    ['it in capitals', `/?token=${TOKEN.toUpperCase()}`, {}],
    ['a cookie of another value', '/', { Cookie: 'fidsweep-PORT=x' }],
    ['the cookie of another port', '/', { Cookie: `fidsweep-1=${TOKEN}` }],
    ['events without a token', '/events', {}],
    ['a file without a token', '/runs/0/report.html', {}],
  ])('%s: refused', async (_, path, headers: Record<string, string>) => {
    const one = await served([bareRun('/nowhere')]);
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', `${one.port}`)]),
    );
    const { status, headers: answered, text } = await one.ask(path, { headers: own, bare: true });
    expect(status).toBe(403);
    expect(answered['set-cookie']).toBeUndefined();
    expect(text).not.toMatch(/nowhere|<html/);
  });
});

describe('where a request comes from', () => {
  test.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:PORT',
    '127.0.0.1.evil.example:PORT',
  ])('Host %s: refused', async (host) => {
    const one = await served([]);
    expect(await one.status('/', { headers: { Host: host.replace('PORT', `${one.port}`) } })).toBe(403);
  });

  test('localhost is this machine too', async () => {
    const one = await served([]);
    const own = `localhost:${one.port}`;
    expect(await one.status('/', { headers: { Host: own } })).toBe(200);
    expect(await one.status('/', { headers: { Host: own, Origin: `http://${own}` } })).toBe(200);
  });

  test.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'https://127.0.0.1:PORT',
    'http://localhost:PORT',
  ])('Origin %s: refused, whatever is asked for', async (origin) => {
    const one = await served([live(held())]);
    const headers = { Origin: origin.replace('PORT', `${one.port}`), 'X-Fidsweep': '1' };
    expect(await one.status('/', { headers })).toBe(403);
    expect(await one.status('/events', { headers })).toBe(403);
    expect(await one.status('/runs/0/pause', { method: 'POST', headers })).toBe(403);
  });

  test('a page of another port of this machine is another origin, though it gets the cookie', async () => {
    const one = await served([]);
    for (const site of ['same-site', 'cross-site'])
      expect(await one.status('/fragments', { headers: { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' } })).toBe(
        403,
      );
    expect(await one.status('/fragments', { headers: { 'Sec-Fetch-Site': 'same-origin' } })).toBe(200);
  });

  test('two Hosts: refused', async () => {
    const one = await served([]);
    const answer = await one.raw(
      `GET /?token=${TOKEN} HTTP/1.1\r\nHost: 127.0.0.1:${one.port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
  });
});

describe('what is asked for', () => {
  /** A run folder with a report, a picture, and what is nobody's business. */
  function furnished(): string {
    const folder = join(temporaryFolder(), 'run');
    mkdirSync(join(folder, 'pictures'), { recursive: true });
    for (const name of ['run.json', 'report.html', 'fid-1.svg', '../secret.html'])
      writeFileSync(join(folder, name), `content of ${name}`);
    writeFileSync(join(folder, 'pictures', '0-0123456789abcdef-first.webp'), 'content of a strip');
    writeFileSync(join(folder, 'pictures', 'index.json'), '{}');
    symlinkSync('../secret.html', join(folder, 'fid-2.svg'));
    execFileSync('mkfifo', [join(folder, 'fid-3.svg')]);
    mkdirSync(join(folder, 'fid-4.svg'));
    return folder;
  }

  test.each([
    ['report.html', 'text/html; charset=utf-8', 'content of report.html'],
    ['plots/fid-1.svg', 'image/svg+xml', 'content of fid-1.svg'],
    ['pictures/0-0123456789abcdef-first.webp', 'image/webp', 'content of a strip'],
  ])('%s is given, and nothing of it may reach the dashboard', async (name, type, content) => {
    const one = await served([bareRun(furnished())]);
    const { status, headers, text } = await one.ask(`/runs/0/${name}`);
    expect([status, headers['content-type'], text]).toEqual([200, type, content]);
    const policy = headers['content-security-policy'];
    expect(policy).toMatch(/^sandbox(;| allow-scripts;)/);
    expect(policy).not.toMatch(/allow-same-origin|connect-src|script-src[^;]*unsafe|'self'/);
    const head = await one.ask(`/runs/0/${name}`, { method: 'HEAD' });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(content.length)]);
  });

  test.each([
    '/runs/0/run.json',
    '/runs/0/run.sqlite',
    '/runs/0/reference.npz',
    '/runs/0/report.html/',
    '/runs/0/report.html%00',
    '/runs/0/report%2ehtml',
    '/runs/0/../secret.html',
    '/runs/0/%2e%2e/secret.html',
    '/runs/0/..%2fsecret.html',
    '/runs/0/plots/../report.html',
    '/runs/0/plots/../../secret.html',
    '/runs/0/plots/%2e%2e%2f%2e%2e%2fsecret.html',
    '/runs/0/plots/..\\..\\secret.html',
    '/runs/0/plots/fid-2.svg',
    '/runs/0/plots/fid-3.svg',
    '/runs/0/plots/fid-4.svg',
    '/runs/0/plots/fid-5.svg',
    '/runs/0/plots//etc/passwd',
    '/runs/0//etc/passwd',
    '/runs/0/pictures/index.json',
    '/runs/0/pictures/../report.html',
    '/runs/0/pictures/0-0123456789abcdef-first.webp/../../run.json',
    '/runs/0/pictures/0-0123456789abcdef-second.webp',
    '/runs/1/report.html',
    '/runs/-1/report.html',
    '/runs/0x0/report.html',
    '/runs/00000000000000000000/report.html',
    '/runs/constructor/report.html',
    '/secret.html',
    '//etc/passwd',
    '/etc/passwd',
    '*',
    'http://evil.example/',
  ])('%s is not there', async (path) => {
    const one = await served([bareRun(furnished()), bareRun('/nowhere')]);
    const { status, text } = await one.ask(path);
    expect([status, text]).toEqual([404, 'There is no such page.\n']);
  });

  test('pictures by a link are not followed', async () => {
    const [folder, other] = [join(temporaryFolder(), 'run'), furnished()];
    mkdirSync(folder);
    symlinkSync(join(other, 'pictures'), join(folder, 'pictures'));
    const one = await served([bareRun(folder)]);
    expect(await one.status('/runs/0/pictures/0-0123456789abcdef-first.webp')).toBe(404);
  });

  test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('%s: refused', async (method) => {
    const { status, headers } = await (await served([])).ask('/', { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('every answer says how it may be used', async () => {
    const one = await served([bareRun(furnished())]);
    for (const path of ['/', '/runs/0', '/fragments', '/runs/0/report.html', '/no such page'.replaceAll(' ', '-')]) {
      const { headers } = await one.ask(path);
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*'unsafe/);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('a head that is too long is not read', async () => {
    const one = await served([]);
    const answer = await one.raw(
      `GET /?token=${TOKEN} HTTP/1.1\r\nHost: 127.0.0.1:${one.port}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('pause, go on, stop', () => {
  const HEADERS = { 'X-Fidsweep': '1' };

  test('ask the run by files, and take them back', async () => {
    const run = held();
    const one = await served([live(run)]);
    const there = (name: string) => existsSync(join(run.folder, name));
    const post = (wish: string, headers: Record<string, string> = HEADERS) =>
      one.status(`/runs/0/${wish}`, { method: 'POST', headers });
    expect(await post('pause')).toBe(204);
    expect([there('pause'), there('stop')]).toEqual([true, false]);
    expect((await one.ask('/')).text).toContain('Paused');
    expect(await post('go-on', { Origin: `http://127.0.0.1:${one.port}` })).toBe(204);
    expect(there('pause')).toBe(false);
    expect(await post('stop')).toBe(204);
    expect(there('stop')).toBe(true);
    expect((await one.ask('/')).text).toContain('Stopping');
  });

  test('a stop that nobody heeds is forgotten', async () => {
    const run = held();
    const progress = { images: 10, asked: 100, atMost: false, seconds: 600, at: Date.now() };
    let shown: LiveRun = { ...live(run), progress };
    const one = await served([], { runs: () => [{ place: 0, run: shown }] });
    expect(await one.status('/runs/0/stop', { method: 'POST', headers: HEADERS })).toBe(204);
    // As the sweep does that hears it, and one that begins.
    rmSync(join(run.folder, 'stop'));
    one.dashboard.update();
    expect((await one.ask('/')).text).toContain('Stopping');
    // What landed before it was heard.
    shown = { ...shown, progress: { ...progress, images: 20 } };
    one.dashboard.update();
    const now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now + 11_000);
    onTestFinished(() => void vi.restoreAllMocks());
    one.dashboard.update();
    // It may be scoring, which takes its time; it may be asked again.
    const slow = (await one.ask('/')).text;
    expect(slow).toContain('Stopping');
    expect(slow).toMatch(/<button [^>]*id="ask-stop"[^>]*data-ask="stop">/);
    shown = { ...shown, progress: { ...progress, images: 30 } };
    one.dashboard.update();
    const { text } = await one.ask('/');
    expect(text).toContain('Running');
    expect(text).toMatch(/<button [^>]*id="ask-pause"[^>]*data-ask="pause">/);
  });

  test('neither a pause nor what was before this process is time of work', async () => {
    const run = held();
    const progress = { images: 10, asked: 100, atMost: false, rate: 1, seconds: 600, at: Date.now() - 3_600_000 };
    const one = await served([{ ...live(run), progress }]);
    const work = async () => /Time of work<\/dt><dd>([^<]+)/.exec((await one.ask('/')).text)![1];
    expect(await work()).toMatch(/^10 min \d s$/);
    utimesSync(join(run.folder, 'lock.json'), 1000, 1000);
    one.dashboard.update();
    expect(await work()).toMatch(/^1 h 10 min$/);
    for (const wish of ['pause', 'go-on'])
      expect(await one.status(`/runs/0/${wish}`, { method: 'POST', headers: HEADERS })).toBe(204);
    expect(await work()).toMatch(/^10 min \d s$/);
  });

  test.each([
    ['by GET', 'GET', '/runs/0/pause', HEADERS, 404],
    ['without a sign that a page of ours asks', 'POST', '/runs/0/pause', {}, 403],
    ['of a run that is not there', 'POST', '/runs/7/pause', HEADERS, 404],
    ['for something else', 'POST', '/runs/0/remove', HEADERS, 404],
    ['with a path that climbs', 'POST', '/runs/0/../0/pause', HEADERS, 404],
  ])('%s: refused', async (_, method, path, headers, status) => {
    const run = held();
    const one = await served([live(run)]);
    expect(await one.status(path, { method, headers })).toBe(status);
    expect(existsSync(join(run.folder, 'pause'))).toBe(false);
  });

  test('without a token: refused', async () => {
    const run = held();
    const one = await served([live(run)]);
    expect(await one.status('/runs/0/stop', { method: 'POST', headers: HEADERS, bare: true })).toBe(403);
    expect(existsSync(join(run.folder, 'stop'))).toBe(false);
  });

  test('where no process works on the run: refused, and its buttons can do nothing', async () => {
    const run = held();
    run.close();
    const one = await served([live(run)]);
    const { status, text } = await one.ask('/runs/0/pause', { method: 'POST', headers: HEADERS });
    expect([status, text]).toEqual([409, 'No process works on this run now.\n']);
    expect(existsSync(join(run.folder, 'pause'))).toBe(false);
    const page = await one.ask('/');
    expect(page.text.match(/<button [^>]*data-ask=[^>]*>/g)).toHaveLength(3);
    for (const button of page.text.match(/<button [^>]*data-ask=[^>]*>/g)!) expect(button).toContain(' disabled');
  });

  test('that only watches has no buttons, and refuses', async () => {
    const run = held();
    const one = await served([live(run)], { watchOnly: true });
    expect(await one.status('/runs/0/pause', { method: 'POST', headers: HEADERS })).toBe(403);
    expect((await one.ask('/')).text).not.toContain('data-ask=');
    expect(existsSync(join(run.folder, 'pause'))).toBe(false);
  });

  test('a folder that cannot be written says so', async () => {
    const run = held();
    mkdirSync(join(run.folder, 'pause', 'in the way'), { recursive: true });
    const one = await served([live(run)]);
    const { status, text } = await one.ask('/runs/0/pause', { method: 'POST', headers: HEADERS });
    expect([status, text]).toEqual([409, expect.stringContaining('pause')]);
  });

  test('a body that is long is not read', async () => {
    const run = held();
    const one = await served([live(run)]);
    const headers = { ...HEADERS, 'Content-Length': '1000000' };
    const answer = await one.raw(
      `POST /runs/0/pause HTTP/1.1\r\nHost: 127.0.0.1:${one.port}\r\nCookie: fidsweep-${one.port}=${TOKEN}\r\n` +
        `${Object.entries(headers)
          .map((pair) => pair.join(': '))
          .join('\r\n')}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(existsSync(join(run.folder, 'pause'))).toBe(false);
  });
});

describe('events', () => {
  test('bring what changed, and nothing else', async () => {
    let now = { ...bareRun('/nowhere'), name: 'before' };
    const one = await served([], { runs: () => [{ place: 0, run: now }] });
    let text = '';
    const frames = () =>
      text
        .split('\n\n')
        .slice(0, -1)
        .filter((frame) => frame.startsWith('data: '));
    const until = async (count: number) => {
      for (; frames().length < count; one.dashboard.update()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const options = { host: '127.0.0.1', port: one.port, path: `/runs/0/events?token=${TOKEN}` };
    const asked = request(options, (response) =>
      response.on('data', (part: Buffer) => {
        text += part.toString();
      }),
    );
    asked.on('error', () => {});
    asked.end();
    await until(1);
    for (let i = 0; i < 5; i++) one.dashboard.update();
    now = { ...now, notes: ['something new'] };
    await until(2);
    asked.destroy();
    const [first, second] = frames().map((frame) => JSON.parse(frame.slice(6)) as Record<string, string>);
    expect(Object.keys(first!)).toContain('table');
    expect(Object.keys(second!)).toEqual(['progress']);
    expect(second!.progress).toContain('something new');
  });
});

test('as many pages listen as leave connections of a browser free; others ask', async () => {
  const one = await served([bareRun('/nowhere')]);
  const listening: (() => void)[] = [];
  const listen = () =>
    new Promise<number>((resolve) => {
      const options = { host: '127.0.0.1', port: one.port, path: `/runs/0/events?token=${TOKEN}` };
      const asked = request(options, (response) => {
        response.on('error', () => {});
        resolve(response.statusCode!);
      });
      asked.on('error', () => {});
      asked.end();
      listening.push(() => asked.destroy());
    });
  const answers = [];
  for (let i = 0; i < 7; i++) answers.push(await listen());
  expect(answers).toEqual([200, 200, 200, 200, 503, 503, 503]);
  expect(await one.status('/runs/0/fragments')).toBe(200);
  for (const end of listening) end();
});

test('copies that an earlier process left are removed, and nothing else', () => {
  const home = temporaryFolder();
  const names = ['fidsweep-run-abc123', 'fidsweep-run-new456', 'fidsweep-other-abc123', 'fidsweep-run-abc123.txt'];
  for (const name of names) {
    mkdirSync(join(home, name));
    if (name !== 'fidsweep-run-new456') utimesSync(join(home, name), 1000, 1000);
  }
  symlinkSync(join(home, 'fidsweep-other-abc123'), join(home, 'fidsweep-run-link00'));
  removeStaleCopies(home);
  expect(readdirSync(home).sort()).toEqual([...names.slice(1), 'fidsweep-run-link00'].sort());
});

describe('runs that cannot be trusted', () => {
  test('are shown by names that are only names, and with what is wrong', async () => {
    const name = '<script>alert(1)</script>" onmouseover="';
    const folder = join(temporaryFolder(), name.replaceAll('/', '∕'));
    mkdirSync(folder);
    execFileSync('mkfifo', [join(folder, 'run.json')]);
    const watched = new LiveFolder(folder, new GrowingMoments());
    await watched.read();
    const one = await served([{ ...watched.run, name }, bareRun('/nowhere')]);
    for (const path of ['/', '/runs/0', '/runs/1']) {
      const { status, text } = await one.ask(path);
      expect(status).toBe(200);
      expect(text.match(/<script/g)).toHaveLength(1);
      expect(text).not.toMatch(/<[^>]+ onmouseover=/);
    }
    expect((await one.ask('/runs/0')).text).toContain('is no regular file');
  });
});

describe('the command', () => {
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(temporaryFolder(), ['dashboard', ...args]);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at .*[:(]|node:internal/m);
    return stderr;
  };

  test('prints one line with its address, answers, and ends by Ctrl-C with exit code 0', async () => {
    const home = temporaryFolder();
    const { child, outcome } = start(home, ['dashboard', 'runs', 'not there yet']);
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout!.once('data', (data: Buffer) => resolve(data.toString()));
      child.once('exit', () => reject(new Error('it ended')));
    });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{32}\n$/);
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('not there yet');
    expect((await fetch(url.replace(/token=./, 'token=x'))).status).toBe(403);
    // As a terminal does: to all of the group.
    process.kill(-child.pid!, 'SIGINT');
    expect(await outcome).toMatchObject({ code: 0, stdout: url });
  });

  test('a port that is in use', async () => {
    const { port } = await served([]);
    expect(await refused('runs', '--port', `${port}`)).toMatch(
      new RegExp(`Port ${port} of 127\\.0\\.0\\.1 is in use\\. Choose another --port`),
    );
  });

  test.each([
    [['runs', '--port', '-1'], '--port'],
    [['runs', '--port', '99999'], '--port'],
    [['runs', '--port', 'http'], '--port'],
    [['runs', '--host', '0.0.0.0'], 'host'],
    [['package.json'.padEnd(12), ''], 'DIR'],
  ])('refuses %j', async (args, naming) => {
    expect(await refused(...args)).toContain(naming);
  });

  test('refuses a file in place of a folder', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(await refused(file)).toContain('expected a folder');
  });
});
