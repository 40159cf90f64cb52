import { oneOf, UserError } from './core/errors.js';
import type { Mode, Tap } from './extract/inception-torch.js';
import type { ExtractorEntry } from './extract/registry.js';
import type { Extractor, ExtractorIdentity, ExtractorOptions } from './extract/session.js';
import { describeIdentity } from './reference.js';

/** Which network, and which of its features; without `extractor` it is chosen. */
export interface ExtractorChoice {
  /** An id or alias: `bundled`, `inception-2015-12-05`, one of the user's own. */
  readonly extractor?: string | undefined;
  /** 64, 192, 768 or 2048 (default): the tap, of extractors with several. */
  readonly dims?: number | undefined;
  /** `pytorch-fid` (default), `clean` or `tf1`: the preprocessing, of extractors with several. */
  readonly mode?: string | undefined;
  /** Threads of the inference; by default as many as the process may use. */
  readonly threads?: number | undefined;
}

/** A statistics file on the other side, and what made it. */
export interface Made {
  readonly name: string;
  readonly extractor: ExtractorIdentity;
}

/** The network that published FIDs are computed with. */
export const CANONICAL = 'inception-2015-12-05';

/** The tap and the mode that an identity was made with. */
async function optionsOf({ tap, preprocessing }: ExtractorIdentity): Promise<Pick<ExtractorOptions, 'dims' | 'mode'>> {
  const { MODES, TAPS } = await import('./extract/inception-torch.js');
  const dims = (Object.keys(TAPS).map(Number) as Tap[]).find((known) => TAPS[known] === tap);
  const mode = (Object.keys(MODES) as Mode[]).find((known) => preprocessing.startsWith(`${known}:`));
  return { ...(dims && { dims }), ...(mode && { mode }) };
}

/**
 * Which extractor is meant: the one that is named; else the one that made the statistics on the other side; else the
 * canonical network where its weights are here; else the bundled one, and then `onNote` says so.
 */
async function choose(
  { extractor, dims, mode }: ExtractorChoice,
  made: Made | undefined,
  onNote: (text: string) => void,
): Promise<{ entry: ExtractorEntry; options: ExtractorOptions }> {
  const { bundled, extractors, findExtractor } = await import('./extract/registry.js');
  // What does not exist is refused where the network is opened, with what does.
  const given = { ...(dims !== undefined && { dims: dims as Tap }), ...(mode !== undefined && { mode: mode as Mode }) };
  if (extractor !== undefined) return { entry: findExtractor(extractor), options: given };
  if (made) {
    // Weights are what they hash to, whatever they are called.
    const entry = extractors().find(({ sha256 }) => sha256 === made.extractor.sha256);
    if (!entry) {
      throw new UserError(
        `${made.name} was made by ${describeIdentity(made.extractor)}, which is not here; here are ${oneOf(extractors().map(({ id }) => id)).replace(/ or (?=[^ ]*$)/, ' and ')}. Add it ("fidsweep models import" or "models add"), or name one of these with --extractor and make both sides with it.`,
      );
    }
    return { entry, options: entry.kind === 'weights' ? { ...(await optionsOf(made.extractor)), ...given } : given };
  }
  const { isPresent } = await import('./extract/model-store.js');
  const canonical = findExtractor(CANONICAL);
  if (isPresent(canonical) || dims !== undefined || mode !== undefined) return { entry: canonical, options: given };
  onNote(
    `the weights of ${CANONICAL} are not here, so this is the bundled network, whose numbers are comparable with nothing published. To get them: fidsweep models fetch ${CANONICAL}`,
  );
  return { entry: bundled(), options: given };
}

/** Opens the extractor that is meant. */
export async function openChosen(
  choice: ExtractorChoice,
  made?: Made,
  onNote: (text: string) => void = () => {},
): Promise<Extractor> {
  const { entry, options } = await choose(choice, made, onNote);
  const { Extractor } = await import('./extract/session.js');
  const { threads } = choice;
  return Extractor.open(entry, { ...options, ...(threads !== undefined && { threads }) });
}
