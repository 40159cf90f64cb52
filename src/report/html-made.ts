import type { DatasetRecord, ReferenceRecord, RunRecord, Timing } from '../store/record.js';
import { sweepCommand } from './html-command.js';
import { type Html, html, joined, type Part, trusted } from './html-escape.js';
import { counted, formatChosen, formatCount } from './numbers.js';
import { listed, nameOf } from './setting-name.js';

type Fact = readonly [string, Part];

/** Facts by their names, as many as are known. */
const facts = (all: readonly (Fact | undefined)[]): Html =>
  html`<dl class="facts">\n${all.map((fact) => fact && html`<dt>${fact[0]}</dt><dd>${fact[1]}</dd>\n`)}</dl>\n`;

const HASH = /^[0-9a-f]{64}$/;
const code = (text: string): Html => html`<code>${text}</code>`;

/** A field's name in words: `namesAndSizesSha256` is names and sizes SHA-256. */
const worded = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .replace(/\bsha256/, 'SHA-256');

const valueText = (value: string | number | boolean): Part =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : HASH.test(String(value)) ? code(String(value)) : value;

const datasetFacts = ({ spec, fit, identity }: DatasetRecord): Html =>
  facts([
    ['spec', code(spec)],
    ['pictures', fit],
    ...Object.entries(identity).map(([name, value]): Fact => [worded(name), valueText(value)]),
  ]);

const referenceFacts = ({ source, count, fit, sha256, warnings, note }: ReferenceRecord): Html =>
  facts([
    ['source', source],
    count === undefined ? undefined : ['images', formatCount(count)],
    fit === undefined ? undefined : ['pictures', fit],
    ['SHA-256', code(sha256)],
    note === undefined ? undefined : ['note', note],
    ...warnings.map((warning): Fact => ['warning', warning]),
  ]);

function strategyFacts({ strategy, images, resolution, seed, recipeVersion, block, keep }: RunRecord): Html {
  const { kind, trials, alpha, tolerance, complete, budget, seconds } = strategy;
  return facts([
    ['strategy', kind],
    trials === undefined ? undefined : ['trials', formatCount(trials)],
    ['α', alpha],
    ['tolerance', formatChosen(tolerance)],
    ['dropped measured to the end', complete ? 'yes' : 'no'],
    budget === undefined ? undefined : ['budget', counted(budget, 'image')],
    seconds === undefined ? undefined : ['budget of time', `${formatCount(seconds)} s`],
    ['images a setting', formatCount(images)],
    ['outputs a block', formatCount(block)],
    ['resolution', `${resolution} × ${resolution}`],
    ['seed', seed],
    ['mixing', 'MixUp weights Dirichlet(1, …, 1) and CutMix λ ~ Beta(1, 1), where a row does not say otherwise'],
    ['recipe version', recipeVersion],
    ['covariance', 'ddof = 1, float64'],
    ['kept', keep],
  ]);
}

function machineFacts({ tool, versions, device }: RunRecord, timing: Timing | undefined): Html {
  return facts([
    ['tool', tool],
    ...Object.entries(versions),
    ['device', device.renderer],
    ['backend', device.backend],
    ['OpenGL', device.version],
    timing?.started === undefined ? undefined : ['started', timing.started],
    timing && ['time', `${formatCount(Math.round(timing.seconds))} s`],
    timing && ['base images made', formatCount(timing.baseRenders)],
    timing && ['images inferred', formatCount(timing.images)],
  ]);
}

/** Every parameter of a run in full, and how its numbers are made again. Its flags stay out: they may hold paths. */
export function madeOf(record: RunRecord, timing: Timing | undefined): Html {
  const { datasets, settings, extractor, comparable, reference, selection, strategy } = record;
  const { exact, lines, shortened } = sweepCommand(record);
  return html`<h3>Settings</h3>
<p>${joined(
    settings.map((key) => html`${nameOf(key)} <code class="soft">${key}</code>`),
    ', ',
  )}.</p>
<h3>Measurement</h3>
${strategyFacts(record)}${datasets.map((one) => html`<h3>Data set ${one.name}</h3>\n${datasetFacts(one)}`)}<h3>Extractor</h3>
${facts([
  ['id', extractor.id],
  ['tap', extractor.tap],
  ['dimensions', formatCount(extractor.dims)],
  ['preprocessing', extractor.preprocessing],
  ['SHA-256', code(extractor.sha256)],
  ['numbers', comparable],
])}<h3>Reference${selection ? ', the half that is reported on' : ''}</h3>
${referenceFacts(reference)}${selection ? html`<h3>Reference, the half that chooses</h3>\n${referenceFacts(selection)}` : undefined}<h3>Tool and machine</h3>
${machineFacts(record, timing)}<h3>To make it again</h3>
<pre><code>${joined(lines, trusted('\n'))}</code></pre>
<p class="legend">${exact ? '' : 'Add the options of the settings above that the line does not have. '}${shortened.length ? `Of ${listed(shortened)} only the last part of the path is there: fill in the rest. ` : ''}${strategy.seconds === undefined ? '' : 'The budget of time is given as the images that it came to: another machine makes more or fewer in the same time. '}Data sets that are files or folders are named as they were called, from the folder that the run was begun in: the hashes above say whether data sets and reference are the same. The same tool, versions and device give the same numbers.</p>
`;
}
