/** A command line and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

const example = (does: string, line: string): Example => ({ line: `fidsweep ${line}`, does });

/** Examples by the path of a command; of the tool itself under the empty text. */
const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  '': [
    example('what is here, what is not, and what to do about it', 'doctor'),
    example('which setting is best, and which are surely worse', 'sweep --dataset p=programs --strategy race'),
    example('FID of two sets of images, with its error', 'fid generated/ real/'),
  ],
  sweep: [
    example(
      'all settings of two data sets against statistics of real images',
      'sweep --dataset Shaders=programs --dataset Photos=photos/ --reference real.npz --images 50000 --out runs/first',
    ),
    example(
      'drop losers on the way, for half an hour at most',
      'sweep --dataset p=programs:s1k --strategy race --budget 30m',
    ),
    example('what a file of flags would do: settings, renders, disk, time', 'sweep --config sweep.yaml --dry-run'),
    example(
      'the decisions of a run again, more strictly',
      'sweep --strategy replay --from runs/first --alpha 0.01 --shuffles 100',
    ),
  ],
  resume: [
    example('on where it stopped', 'resume runs/first'),
    example('on another number of threads, which changes no number', 'resume runs/first --threads 4'),
  ],
  report: [
    example('every format, into the run folder', 'report runs/first'),
    example('for a manuscript, with intervals', 'report runs/first --format tex,svg --ci --output paper/'),
    example('recommend by weights of your own', 'report runs/first --choose fid=1,diversity=1,cost=0.5'),
  ],
  'report compare': [
    example('cell by cell', 'report compare runs/first runs/second'),
    example('as a file', 'report compare runs/first runs/second --output comparison.md'),
  ],
  correlate: [
    example('by every column of numbers', 'correlate runs/first downstream.csv'),
    example('by one, with the plot', 'correlate runs/first downstream.csv --column accuracy --output correlation/'),
  ],
  dashboard: [
    example('one run', 'dashboard runs/first'),
    example('all runs of a folder, on a port that is forwarded', 'dashboard runs/ --port 8123'),
    example('without buttons to pause and stop', 'dashboard runs/first --watch-only'),
  ],
  render: [
    example(
      'one setting as WebDataset shards',
      'render programs:s21k --mix mixup:6 --images 1300000 --format webdataset --output train/',
    ),
    example(
      'what a run recommends',
      'render --from runs/first --images 100000 --encoding webp --quality 90 --output train/',
    ),
  ],
  stream: [
    example('the second of four workers', 'stream programs:s21k --mix mixup:6 --shard 1/4'),
    example('the first 1,000 images of what a run recommends', 'stream --from runs/first --images 1000'),
  ],
  fid: [
    example('of two sets, or of a set and statistics', 'fid generated/ real.npz'),
    example('every metric', "fid generated/ 'real-{000..007}.tar' --metrics fid,kid,prdc,fidinf --at 10000,50000"),
    example('the pictures that pull it most', 'fid generated/ photos --influence 20 --output influence/'),
  ],
  stats: [
    example('a reference for sweeps', 'stats real/ --resolution 256 --output real.npz'),
    example(
      '50,000 images of a hundred classes',
      'stats imagenet/train --classes imagenet100 --images 50000 --output imagenet100.npz',
    ),
  ],
  samples: [
    example('96 images of one setting', 'samples programs --mix mixup:6 --output sheet.png'),
    example(
      'fewer and larger',
      'samples deadleaves:mixed --mix cutmix:4 --count 12 --columns 4 --tile 256 --output sheet.jpg',
    ),
  ],
  'models list': [example('what there is', 'models'), example('for a script', 'models list --json')],
  'models build': [
    example('before a sweep without the rights to write later', 'models build'),
    example('every step', 'models build --verbose'),
  ],
  'models fetch': [
    example('the network of published FIDs', 'models fetch inception-2015-12-05'),
    example(
      'from another place; the hash decides',
      'models fetch inception-2015-12-05 --mirror https://example.org/weights.pth --time-limit 600',
    ),
  ],
  'models import': [
    example('the same from a file already here', 'models import pt_inception-2015-12-05-6726825d.pth'),
    example('weights of your own', 'models import my.pth --allow-hash --as mine'),
  ],
  'models add': [
    example('by its own name', 'models add my.onnx --spec my.json'),
    example('by another', 'models add clip.onnx --spec clip.json --as clip-vit-b32'),
  ],
  'models verify': [
    example('all of them', 'models verify'),
    example('one, for a script', 'models verify inception-2015-12-05 --json'),
  ],
  'models remove': [
    example('one that was added', 'models remove clip-vit-b32'),
    example('one that was fetched', 'models remove inception-2015-12-05'),
  ],
  programs: [
    example('sort out what cannot be used', 'programs check my-shaders/'),
    example('the text of one', 'programs show g21-1234'),
  ],
  'programs check': [
    example('into my-shaders-check/', 'programs check my-shaders/'),
    example(
      'leave out what looks alike, too',
      'programs check programs:grammar?seed=7&count=2000 --judge --output judged/',
    ),
  ],
  'programs show': [
    example('of the grammar', 'programs show g21-1234'),
    example('of those written by hand, as the driver gets it', 'programs show marble --full'),
    example('of your own', 'programs show waves --spec my-shaders/'),
  ],
  'programs diversity': [
    example('three kinds beside each other', 'programs diversity programs programs:s1k programs:s21k'),
    example('more surely', 'programs diversity programs:s1k --images 4000 --per-program 4'),
  ],
  doctor: [
    example('in words', 'doctor'),
    example('why one backend does not work', 'doctor --backend vulkan'),
    example('for a script: exit code 1 when a sweep could not run', 'doctor --json'),
  ],
  completion: [
    example('for bash', 'completion bash >> ~/.bash_completion'),
    example('for zsh, into a folder of fpath', 'completion zsh > ~/.zfunc/_fidsweep'),
  ],
};

export const examplesOf = (path: string): readonly Example[] => EXAMPLES[path] ?? [];

/** Lines of examples are no wider, so that help wraps none of them at 80 columns. */
const WIDTH = 74;

/** A command line in pieces that a shell reads as one: broken before flags, with a backslash. */
function folded(line: string): string {
  const lines: string[] = [];
  for (const part of line.split(/ (?=--)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length < WIDTH) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(lines.length ? `    ${part}` : part);
  }
  return lines.join(' \\\n    ');
}

/** Examples as the end of a help: what each does, and its line, which may be pasted. */
export const renderExamples = (examples: readonly Example[]): string =>
  ['Examples:', ...examples.map(({ does, line }) => `  # ${does}\n  $ ${folded(line)}`)].join('\n');

export const EXIT_CODES = [
  'Exit codes:',
  '    0  done',
  '    1  a bug of fidsweep; of doctor: a sweep cannot run here',
  '    2  a mistake in what was given, or a lack of the machine, said in one message',
  '  130  ended by Ctrl-C; what was complete is kept',
].join('\n');

/** Headings for the flags of long commands, and the flags under each. */
export const GROUPS: Readonly<Record<string, readonly (readonly [title: string, flags: readonly string[]])[]>> = {
  sweep: [
    [
      'What is swept:',
      ['dataset', 'methods', 'n', 'weights', 'cutmix-alpha', 'psi', 'images', 'resolution', 'classes', 'seed'],
    ],
    [
      'What it is measured by:',
      ['reference', 'extractor', 'dims', 'mode', 'select-on', 'confirm', 'confirm-reference'],
    ],
    [
      'How it is searched:',
      ['strategy', 'trials', 'alpha', 'tolerance', 'complete', 'budget', 'from', 'shuffles', 'dry-run'],
    ],
    ['What is recommended:', ['choose', 'cost-factor']],
    ['Where it is kept:', ['out', 'overwrite', 'keep', 'samples', 'cache', 'config', 'json']],
    ['How the machine is used:', ['backend', 'render-processes', 'threads', 'program-timeout', 'skip-corrupt']],
  ],
  fid: [
    ['What is computed:', ['metrics', 'at', 'influence', 'output', 'json']],
    ['Which images:', ['images', 'seed', 'resolution', 'classes', 'skip-corrupt']],
    ['By which network:', ['extractor', 'dims', 'mode', 'threads']],
    ['How data sets are drawn:', ['backend', 'render-processes', 'program-timeout']],
  ],
  stats: [
    ['What is written:', ['output', 'note', 'json']],
    ['Which images:', ['images', 'seed', 'resolution', 'classes', 'skip-corrupt']],
    ['By which network:', ['extractor', 'dims', 'mode', 'threads']],
    ['How data sets are drawn:', ['backend', 'render-processes', 'program-timeout']],
  ],
};
