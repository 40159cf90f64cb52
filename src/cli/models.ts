import { invalid, UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { ensureModel } from '../extract/build.js';
import { bundled, type ExtractorEntry, extractors, unreadableExtractors } from '../extract/registry.js';
import { say as remark } from './loudness.js';
import { startProgress } from './progress.js';
import { flag, integer, text, type Values } from './values.js';

const say = (line: string) => process.stdout.write(`${plain(line)}\n`);
const note = (line: string) => remark(plain(line));

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const KIND = { package: 'ships', weights: 'weights', onnx: 'ONNX model' } as const;

/** What can be chosen or is known of an extractor's features. */
async function featuresOf(entry: ExtractorEntry): Promise<Record<string, unknown>> {
  if (entry.kind === 'package') return { dims: entry.dims, tap: entry.tap };
  if (entry.kind === 'onnx') return { dims: entry.dims, output: entry.output, pooling: entry.pooling };
  const { MODES, TAPS } = await import('../extract/inception-torch.js');
  return { taps: TAPS, modes: Object.keys(MODES) };
}

/** How a missing file is got. */
const missing = ({ kind, id }: ExtractorEntry): string =>
  kind === 'package' ? 'not built yet' : `not here: fidsweep models fetch ${id}`;

async function list(values: Values): Promise<void> {
  const { isPresent } = await import('../extract/model-store.js');
  const { isOwn } = await import('../extract/registry.js');
  const rows = await Promise.all(
    extractors().map(async (entry) => ({ entry, present: isPresent(entry), features: await featuresOf(entry) })),
  );
  const broken = unreadableExtractors();
  if (flag(values, 'json')) {
    const listed = rows.map(({ entry, present, features }) => {
      const { id, aliases, kind, description, sha256, bytes, licence, comparable } = entry;
      return {
        id,
        aliases,
        kind,
        own: isOwn(entry),
        description,
        sha256,
        bytes,
        licence,
        comparable,
        present,
        ...features,
      };
    });
    const unreadable = broken.map(({ id, folder, why }) => ({ id, folder, present: false, unreadable: why }));
    process.stdout.write(`${JSON.stringify([...listed, ...unreadable], null, 2)}\n`);
    return;
  }
  for (const { entry, present, features } of rows) {
    const { id, aliases, kind, description, bytes, licence, comparable } = entry;
    const here = present ? 'present' : isOwn(entry) ? 'its file is gone or damaged' : missing(entry);
    say(`${[id, ...aliases].join(', ')}: ${description}`);
    say(`  ${KIND[kind]}, ${size(bytes)}, ${licence}; ${here}`);
    say(`  ${comparable}`);
    const { taps, modes, dims } = features as { taps?: object; modes?: string[]; dims?: number };
    say(taps && modes ? `  dims ${Object.keys(taps).join(', ')}; modes ${modes.join(', ')}` : `  dims ${dims}`);
  }
  for (const { id, folder, why } of broken) say(`${id}: cannot be read: ${why} Mend or remove ${folder}`);
}

function build(): void {
  const entry = bundled();
  const { file, built, damaged } = ensureModel(entry);
  for (const bad of damaged) note(`Note: ${bad.file} was damaged (${bad.damage}).`);
  say(`${entry.id}: ${file}${built ? ' (built)' : ''}`);
}

function urls(values: Values): string[] {
  const given = values.mirror ?? [];
  const several = Array.isArray(given) ? given : [given];
  for (const url of several) if (typeof url !== 'string' || url === '') throw invalid('--mirror', url, 'a URL');
  return several;
}

async function fetchOne(values: Values): Promise<void> {
  const { fetchModel } = await import('../extract/model-store.js');
  const seconds = integer(values, 'time-limit', 1, 86_400) ?? 3600;
  const id = text(values, 'id')!;
  const progress = startProgress(`fetch ${plain(id)}`, 'MB');
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const megabytes = (bytes: number) => Number((bytes / 1e6).toFixed(1));
  try {
    const { entry, file, already } = await fetchModel(id, urls(values), {
      timeLimit: 1000 * seconds,
      signal: stop.signal,
      onProgress: (done, total) => progress.update(megabytes(done), megabytes(total)),
      onNote: (message) => progress.say(plain(message)),
    });
    progress.end();
    say(`${entry.id}: ${file}${already ? ' (was here, SHA-256 as pinned)' : ' (fetched, SHA-256 as pinned)'}`);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    progress.say('Interrupted: what came is kept, and the next fetch continues there.');
    process.exitCode = 130;
  } finally {
    progress.end();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

async function importOne(values: Values): Promise<void> {
  const { importModel } = await import('../extract/model-store.js');
  const as = text(values, 'as');
  const layout = text(values, 'layout');
  const { entry, file, already } = importModel(text(values, 'file')!, {
    ...(as !== undefined && { as }),
    ...(layout !== undefined && { layout }),
    allowHash: flag(values, 'allow-hash'),
  });
  say(`${entry.id}: ${file}${already ? ' (was here already)' : ''}`);
  say(`Its numbers are ${entry.comparable}. Use it with --extractor ${entry.id}.`);
}

async function addOne(values: Values): Promise<void> {
  const { addModel } = await import('../extract/model-store.js');
  const as = text(values, 'as');
  const { entry, file, already } = await addModel(text(values, 'file')!, text(values, 'spec')!, as ? { as } : {});
  const dims = entry.kind === 'onnx' ? `, ${entry.dims} numbers a feature` : '';
  say(`${entry.id}: ${file}${dims}${already ? ' (was here already)' : ''}`);
  say(`Its numbers are ${entry.comparable}. Use it with --extractor ${entry.id}.`);
}

const STATE = { good: 'good   ', missing: 'missing', damaged: 'DAMAGED' } as const;

async function verify(values: Values): Promise<void> {
  const { verifyModels } = await import('../extract/model-store.js');
  const id = text(values, 'id');
  const verdicts = verifyModels(id);
  if (flag(values, 'json')) process.stdout.write(`${JSON.stringify(verdicts, null, 2)}\n`);
  else for (const { id, state, file, why } of verdicts) say(`${STATE[state]} ${id}: ${file}${why ? `: ${why}` : ''}`);
  const damaged = verdicts.filter(({ state }) => state === 'damaged').map((verdict) => verdict.id);
  if (damaged.length > 0) {
    throw new UserError(
      `damaged: ${damaged.join(', ')}. "fidsweep models remove ID" removes one; fetch, import or add it again after that.`,
    );
  }
  if (id !== undefined && verdicts[0]?.state === 'missing')
    throw new UserError(`extractor ${id}: its file is not here.`);
}

async function removeOne(values: Values): Promise<void> {
  const { removeModel } = await import('../extract/model-store.js');
  const id = text(values, 'id')!;
  say(`${id}: removed ${removeModel(id)}`);
}

const ACTIONS = { list, build, fetch: fetchOne, import: importOne, add: addOne, verify, remove: removeOne };

export type ModelsAction = keyof typeof ACTIONS;

/** `fidsweep models ACTION`. Names in its messages come from files and servers: control characters stay out of them. */
export async function runModels(action: ModelsAction, values: Values): Promise<void> {
  try {
    await ACTIONS[action](values);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message.split('\n').map(plain).join('\n'));
  }
}
