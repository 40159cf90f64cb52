import { facts, plots, reportLine, samples } from './dashboard-facts.js';
import { announcement, bar, clockOf, progressOf, type Shown, STATES, span } from './dashboard-progress.js';
import { DASHBOARD_STYLE } from './dashboard-style.js';
import { bestOf, liveTable } from './dashboard-table.js';
import { type Html, html, markupOf, trusted } from './html-escape.js';
import { counted, formatFid, formatRate } from './numbers.js';
import { nameOf } from './setting-name.js';

export type { Shown } from './dashboard-progress.js';

/** What changes of a page: the markup of an element by its id. */
export type Fragments = Readonly<Record<string, string>>;

export interface PageOptions {
  /** Epoch, milliseconds. */
  readonly now: number;
  /** Whether runs may be paused and stopped from here. */
  readonly controls: boolean;
  /** Runs that there are besides those shown. */
  readonly unshown?: number;
  /** The page's only script. */
  readonly script: string;
}

type Options = Omit<PageOptions, 'script'>;

/** The runs there are, to go from one to another. */
function navigation(all: readonly Shown[], here: number | undefined): Html {
  if (all.length < 2) return html``;
  const current = (place: number | undefined) => (place === here ? html` aria-current="page"` : undefined);
  return html`<ul><li><a href="/"${current(undefined)}>All runs</a></li>${all.map(
    ({ run, place, standing }) =>
      html`<li><a href="/runs/${place}"${current(place)}>${run.name}</a> <span class="soft">${STATES[standing.state]}</span></li>`,
  )}</ul>`;
}

/** Buttons that pause a sweep, let it go on, and stop it: of no use where none works on the run. */
function controls({ standing: { state, again } }: Shown, allowed: boolean): Html {
  if (!allowed) return html`<p class="soft">This page only watches.</p>`;
  const button = (request: string, label: string, able: boolean) =>
    html`<button type="button" id="ask-${request}" data-ask="${request}"${able ? undefined : html` disabled`}>${label}</button> `;
  // What comes after the images, up to the scoring, heeds both too.
  const going = state === 'running' || state === 'scoring';
  const paused = state === 'paused';
  return html`${button('pause', 'Pause', going)}${button('go-on', 'Go on', paused)}${button('stop', 'Stop', going || paused || again === true)}`;
}

/** All that changes of the page of one run. */
export function runFragments(all: readonly Shown[], place: number, options: Options): Fragments {
  const shown = all.find((one) => one.place === place)!;
  const parts = {
    runs: navigation(all, place),
    announcement: html`${announcement(shown)}`,
    controls: controls(shown, options.controls),
    progress: progressOf(shown, options.now),
    report: reportLine(shown),
    table: liveTable(shown.run),
    plots: plots(shown),
    samples: samples(shown),
    facts: facts(shown.run),
  };
  return Object.fromEntries(Object.entries(parts).map(([id, part]) => [id, markupOf(part)]));
}

/** All that changes of the page of all runs. */
export function overviewFragments(all: readonly Shown[], { now, unshown = 0 }: Options): Fragments {
  const line = (shown: Shown): Html => {
    const { run, place, standing } = shown;
    const clock = clockOf(shown, now);
    const rate = run.progress?.rate;
    const figures = [
      ...(rate === undefined
        ? []
        : [
            `${formatRate(rate)} images/s${run.progress!.average && standing.state === 'running' ? ' since the start' : ''}`,
          ]),
      ...(clock ? [`${span(clock.elapsed)} of work`] : []),
      ...(clock?.left === undefined ? [] : [`${run.progress!.atMost ? 'at most ' : ''}${span(clock.left)} left`]),
    ];
    return html`<li><h2><a href="/runs/${place}">${run.name}</a> <span class="badge ${standing.state}">${STATES[standing.state]}</span></h2>
${bar(shown)}${figures.length ? html`<p class="soft">${figures.join(', ')}</p>` : undefined}${bestOf(run).map(
  ({ dataset, setting, fid }) => html`<p>${dataset}: lowest so far ${nameOf(setting)}, FID ${formatFid(fid)}</p>`,
)}${run.fault === undefined ? undefined : html`<p class="fault">${run.fault}</p>`}<p class="soft folder">${run.folder}</p></li>\n`;
  };
  return {
    announcement: markupOf(all.map(announcement).join('; ')),
    overview: markupOf(
      all.length
        ? html`<ul class="overview">${all.map(line)}</ul>${unshown ? html`<p class="soft">${counted(unshown, 'more folder')} not shown, of older runs.</p>` : undefined}`
        : html`<p>There is no run yet.</p>`,
    ),
  };
}

const region = (fragments: Fragments, id: string): Html => html`<div id="${id}">${trusted(fragments[id]!)}</div>`;

function page(title: string, base: string, fragments: Fragments, body: Html, script: string): string {
  const text = markupOf(html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(DASHBOARD_STYLE)}</style>
<noscript><meta http-equiv="refresh" content="5"></noscript>
</head>
<body data-base="${base}">
<a class="skip" href="#main">Skip to the content</a>
<header><div><h1>${title}</h1><p id="lost" class="fault" role="alert" hidden>The dashboard does not answer: this is what it showed last.</p></div></header>
<p id="announcement" class="unseen" role="status" aria-live="polite">${trusted(fragments.announcement!)}</p>
${body}
<script>${trusted(script)}</script>
</body>
</html>
`);
  return `<!doctype html>\n${text}`;
}

/** The page of all runs. */
export function overviewPage(all: readonly Shown[], { script, ...options }: PageOptions): string {
  const fragments = overviewFragments(all, options);
  return page(
    'Runs',
    '/',
    fragments,
    html`<main id="main" tabindex="-1">${region(fragments, 'overview')}</main>`,
    script,
  );
}

/** The page of the run at a place. */
export function runPage(all: readonly Shown[], place: number, { script, ...options }: PageOptions): string {
  const fragments = runFragments(all, place, options);
  const { name, folder } = all.find((one) => one.place === place)!.run;
  const section = (id: string, title: string) =>
    html`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${region(fragments, id)}</section>\n`;
  const body = html`<nav aria-label="Runs">${region(fragments, 'runs')}</nav>
<main id="main" tabindex="-1">
<div class="top">${region(fragments, 'progress')}${region(fragments, 'controls')}<p id="refused" class="fault" role="alert" hidden></p>${region(fragments, 'report')}</div>
<div class="pair">${section('table', 'FID')}${section('plots', 'Plots')}</div>
${section('samples', 'Samples')}${section('facts', 'How it is made')}</main>
<footer><span class="folder">${folder}</span></footer>`;
  return page(name, `/runs/${place}/`, fragments, body, script);
}
