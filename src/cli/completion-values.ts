/** What may stand after a flag, or as an argument. Lists here repeat those of the stages, which are slower to load; a test compares them. */
export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly list?: boolean }
  /** A path: of a folder alone, or of files that end so (of any, without `endings`). */
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly endings?: readonly string[]; readonly words?: readonly string[] }
  /** A data set that is made, or a path. */
  | { readonly kind: 'spec'; readonly named?: boolean; readonly words?: readonly string[] }
  | { readonly kind: 'extractor' }
  | { readonly kind: 'none' };

/** The name of the reference that ships. */
export const SHIPPED_REFERENCE = 'photos';

/** Specs of data sets that are made; one that ends in a colon or an equals sign goes on. */
export const MADE_SPECS = [
  'programs',
  'programs:s1k',
  'programs:s21k',
  'programs:grammar?seed=',
  ...['mixed', 'circle', 'square', 'oriented', 'rectangle', 'triangle', 'quadrilateral'].map(
    (shape) => `deadleaves:${shape}`,
  ),
  'fractals:1k',
  'generator:',
  'stylegan:oriented',
] as const;

export const METHODS = ['none', 'mixup', 'cutmix', 'cutmixup', 'truncation'] as const;
export const STRATEGIES = ['grid', 'race', 'random', 'replay'] as const;
export const METRICS = ['fid', 'kid', 'prdc', 'fidinf'] as const;
export const BACKENDS = ['auto', 'vulkan', 'display', 'xvfb'] as const;
export const MODES = ['pytorch-fid', 'clean', 'tf1'] as const;
export const TAPS = ['64', '192', '768', '2048'] as const;
export const LAYOUTS = ['inception-2015-12-05'] as const;
export const CONVENTIONS = [
  'fidsweep',
  'shadertoy',
  ...['classic', 'geek', 'geeker', 'geekest'].flatMap((mode) => [
    `twigl-${mode}`,
    `twigl-${mode}-300`,
    `twigl-${mode}-mrt`,
  ]),
  'book-of-shaders',
  'glsl-sandbox',
  'plain-100',
  'plain-300',
] as const;
export const REPORT_FORMATS = ['md', 'html', 'tex', 'csv', 'json', 'svg'] as const;
export const PICTURE_FORMATS = ['folder', 'webdataset', 'zip'] as const;
export const SHELLS = ['bash', 'zsh'] as const;

const words = (some: readonly string[]): Wanted => ({ kind: 'words', words: some });
const list = (some: readonly string[]): Wanted => ({ kind: 'words', words: some, list: true });
const file = (...endings: string[]): Wanted => ({ kind: 'file', endings });

const MIXES = [
  'none',
  ...['mixup', 'cutmix', 'cutmixup'].flatMap((method) => Array.from({ length: 8 }, (_, i) => `${method}:${i + 2}`)),
  'truncation?psi=',
];

const FLAGS: Readonly<Record<string, Wanted>> = {
  dataset: { kind: 'spec', named: true },
  reference: { kind: 'file', words: [SHIPPED_REFERENCE] },
  'confirm-reference': { kind: 'file', words: [SHIPPED_REFERENCE] },
  methods: list(METHODS),
  weights: words(['dirichlet', 'normalized-uniform', 'equal']),
  classes: { kind: 'file', words: ['imagenet100'] },
  strategy: words(STRATEGIES),
  keep: words(['features', 'moments']),
  'select-on': words(['all', 'split']),
  extractor: { kind: 'extractor' },
  confirm: { kind: 'extractor' },
  dims: words(TAPS),
  mode: words(MODES),
  backend: words(BACKENDS),
  metrics: list(METRICS),
  mix: words(MIXES),
  encoding: words(['jpeg', 'png', 'webp']),
  layout: words(LAYOUTS),
  convention: words(CONVENTIONS),
  choose: words(['fid=', 'diversity=', 'cost=']),
  config: file('.yaml', '.yml'),
  spec: { kind: 'file' },
  out: { kind: 'folder' },
  cache: { kind: 'folder' },
  from: { kind: 'folder' },
  output: { kind: 'file' },
};

/** Where one word means another thing: by the command's path, then the flag or argument. */
const OF_COMMAND: Readonly<Record<string, Readonly<Record<string, Wanted>>>> = {
  report: { format: list(REPORT_FORMATS), output: { kind: 'folder' } },
  render: { format: words(PICTURE_FORMATS), output: { kind: 'folder' }, dataset: { kind: 'none' } },
  stream: { dataset: { kind: 'none' } },
  // A run, or a published table.
  correlate: { folder: file('.csv') },
  'models add': { spec: file('.json') },
  'programs show': { id: { kind: 'none' } },
  stats: { output: file('.npz') },
};

const ARGUMENTS: Readonly<Record<string, Wanted>> = {
  id: { kind: 'extractor' },
  folder: { kind: 'folder' },
  folders: { kind: 'folder' },
  runs: { kind: 'folder' },
  downstream: file('.csv'),
  file: file('.onnx', '.pth', '.pt'),
  a: { kind: 'spec', words: [SHIPPED_REFERENCE] },
  b: { kind: 'spec', words: [SHIPPED_REFERENCE] },
  source: { kind: 'spec' },
  spec: { kind: 'spec' },
  specs: { kind: 'spec' },
  shell: words(SHELLS),
};

/** What a table has under a word that a user typed, which may be one of every object (`constructor`). */
const under = <Value>(table: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  table && Object.hasOwn(table, key) ? table[key] : undefined;

/** What follows a flag of a command. */
export const afterFlag = (path: string, flag: string): Wanted =>
  under(under(OF_COMMAND, path), flag) ?? under(FLAGS, flag) ?? { kind: 'none' };

/** What stands as an argument of a command. */
export const asArgument = (path: string, argument: string): Wanted =>
  under(under(OF_COMMAND, path), argument) ?? under(ARGUMENTS, argument) ?? { kind: 'none' };
