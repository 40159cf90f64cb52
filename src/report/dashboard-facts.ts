import type { Timing } from '../store/record.js';
import type { Shown } from './dashboard-progress.js';
import type { LiveRun, LiveStrip } from './dashboard-run.js';
import { type Html, html, trusted } from './html-escape.js';
import { factsOf } from './markdown-made.js';
import { counted } from './numbers.js';
import { nameOf } from './setting-name.js';

/** Data sets and strips that are shown of each at most. */
const MOST_PLOTS = 24;
const MOST_SETTINGS = 40;

/** Side of a tile as it is shown, in pixels. */
const STRIP = 56;

/** How the run is made, and what its numbers may be compared with. */
export function facts({ record }: LiveRun): Html {
  if (!record) return html``;
  const { comparable, reference } = record;
  const untimed: Timing | undefined = undefined;
  const pairs = factsOf({ ...record, flags: {} }, untimed, { safe: (name) => name, code: (text) => text });
  return html`<p>These numbers are ${comparable}.</p>
${reference.note === undefined ? undefined : html`<p>Its reference: ${reference.note}.</p>`}${reference.warnings.map((warning) => html`<p>Note: ${warning}</p>`)}<dl class="facts">${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** FID against images of each data set, or once there is a report its pictures of the rankings. */
export function plots({ run, place }: Shown): Html {
  const live = run.columns.filter(({ plot }) => plot !== undefined).slice(0, MOST_PLOTS);
  const ranked = run.report?.plots.slice(0, MOST_PLOTS) ?? [];
  if (!live.length && !ranked.length)
    return html`<p class="soft">There is a curve once FIDs are known at two numbers of images.</p>`;
  return html`${live.map(
    ({ plot, dataset }, i) =>
      html`<figure class="plot" id="progress-${i + 1}" tabindex="0" role="group" aria-label="FID on ${dataset} as images are made">${trusted(plot!)}</figure>\n`,
  )}${ranked.map(
    ({ dataset, file }, i) =>
      html`<figure class="plot" id="ranking-${i + 1}" tabindex="0" role="group" aria-label="Ranking on ${dataset}"><img src="/runs/${place}/plots/${file}" loading="lazy" alt="Ranking of the settings on ${dataset}, each with its interval; the report says the numbers"></figure>\n`,
  )}`;
}

function stripOf(place: number, { setting, file, count, tile, dataset }: LiveStrip): Html {
  return html`<li><figure><figcaption>${nameOf(setting)}</figcaption><img class="strip" loading="lazy" decoding="async" src="/runs/${place}/pictures/${file}" width="${tile * count}" height="${tile}" style="width: ${STRIP * count}px" alt="The first ${counted(count, 'output')} of ${nameOf(setting)} on ${dataset}, side by side"></figure></li>
`;
}

/** The first outputs of every setting, by data set. */
export function samples({ run, place }: Shown): Html {
  if (!run.strips.length) return html`<p class="soft">There are samples once the first block is made.</p>`;
  return html`${(run.record?.datasets ?? []).map(({ name }, d) => {
    const own = run.strips.filter(({ dataset }) => dataset === name);
    if (!own.length) return undefined;
    return html`<details id="samples-${d + 1}"${d === 0 ? html` open` : undefined}><summary>${name}</summary>\n<ul class="samples">\n${own.slice(0, MOST_SETTINGS).map((strip) => stripOf(place, strip))}</ul></details>\n`;
  })}`;
}

/** Where the report is, once it is that of the present state. */
export function reportLine({ run: { report }, place }: Shown): Html {
  if (!report) return html``;
  if (!report.html) return html`<p class="report">Its report is written: report.md and report.json in the folder.</p>`;
  return html`<p class="report"><a href="/runs/${place}/report.html">Open the report</a></p>`;
}
