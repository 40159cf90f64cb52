import { plotsOf } from '../../src/report/plots.js';
import type { Report } from '../../src/report/report.js';
import type { Strip } from '../../src/report/strip.js';
import type { RunRecord } from '../../src/store/record.js';
import { RECORD, RESULTS, SET_ASIDE, TIMING } from './made-up.js';

/** A WebP picture of one pixel. */
const PIXEL = 'data:image/webp;base64,UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==';

const KINDS = ['first', 'raising', 'lowering'] as const;

export const STRIPS: readonly Strip[] = RESULTS.cells.flatMap(({ dataset, setting, images }) =>
  KINDS.map(
    (kind): Strip => ({
      dataset,
      setting,
      kind,
      source: PIXEL,
      tile: 48,
      outputs: [0, 17, 1203],
      ...(kind !== 'first' && { psi: kind === 'raising' ? [3.25, 2.1, 1.004] : [-2, -1.5, -0.001], images }),
    }),
  ),
);

/** The made-up run, with all that a report may have; without its plots, whose looks others test. */
export const BARE: Report = {
  record: RECORD,
  results: RESULTS,
  timing: TIMING,
  setAside: SET_ASIDE,
  plots: [],
  strips: STRIPS,
};

export const REPORT: Report = { ...BARE, plots: plotsOf(RECORD, RESULTS) };

/** The run with another name for a data set, and for all else that people and files name. */
export function renamed(name: string): Report {
  const record: RunRecord = {
    ...RECORD,
    comparable: name,
    datasets: RECORD.datasets.map((one, i) =>
      i ? one : { name, spec: name, fit: name, identity: { kind: name, [name]: name } },
    ),
    extractor: { ...RECORD.extractor, id: name, tap: name, preprocessing: name },
    reference: { ...RECORD.reference, source: name, note: name, warnings: [name], fit: name },
    device: { backend: name, renderer: name, version: name },
    versions: { [name]: name },
    tool: name,
  };
  const here = <T extends { readonly dataset: string }>(one: T): T =>
    one.dataset === 'Programs' ? { ...one, dataset: name } : one;
  const columns = RESULTS.columns.map(here).map(({ recommended, confirmation, ...rest }) => ({
    ...rest,
    ...(recommended && { recommended: { ...recommended, reason: name } }),
    ...(confirmation && { confirmation: { ...confirmation, extractor: name, reference: name, comparable: name } }),
  }));
  const results = { cells: RESULTS.cells.map(here), columns };
  return {
    record,
    results,
    timing: { ...TIMING, started: name },
    setAside: SET_ASIDE.map((one) => ({ ...here(one), id: name, why: name })),
    plots: plotsOf(record, results),
    strips: STRIPS.map(here),
  };
}

/** Names that would break out of text, attributes, styles and scripts. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '" onmouseover="alert(1)" x="',
  "' onfocus='alert(1)' autofocus='",
  '</title><script>alert(1)</script>',
  '</style></svg><img src=x onerror=alert(1)>',
  '-->]]><svg onload=alert(1)>',
  'javascript:alert(1)//http://evil.example/a.png',
  '&lt;b&gt; &quot; {{alert(1)}} `x` **y** [z](http://evil.example)',
  '\u202egnp.exe\u2066 a\0b\u001b[31m c\ud800\nd',
  '# | a | b | \\ \\| * _ ~',
  '__proto__',
];
