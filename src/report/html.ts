import type { RunRecord } from '../store/record.js';
import { type Html, html, markupOf, type Part, trusted } from './html-escape.js';
import { inline, opening } from './html-inline.js';
import { madeOf } from './html-made.js';
import { answers, measured } from './html-outcome.js';
import { plotsIn } from './html-plots.js';
import { confirmationOf, raceOf, raceRules } from './html-race.js';
import { rankingOf } from './html-ranking.js';
import { samplesOf } from './html-samples.js';
import { SCRIPT, SCRIPT_SHA256 } from './html-script.js';
import { STYLE } from './html-style.js';
import { table1 } from './html-table-1.js';
import { choiceSection } from './markdown-choice.js';
import { rankingSection } from './markdown-ranking.js';
import { formatCount } from './numbers.js';
import type { Report } from './report.js';
import { cellsOf } from './sentences.js';
import { listed } from './setting-name.js';

const TITLE = 'FID by mixing method and N';

/** Nothing is loaded, nothing runs but our own script. */
const POLICY = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_SHA256}'; base-uri 'none'; form-action 'none'`;

/** A part of the report under a heading of its own; `id` is made of indices, never of names. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Part;
}

const paragraphs = (texts: readonly string[]): Html =>
  html`${texts.map((text) => html`<p class="legend">${inline(text)}</p>\n`)}`;

/** How the rankings are to be read: what ranks, errors, diversity and cost are of, and by what rules races drop. */
function reading({ record, results, timing }: Report): Section[] {
  const choice = opening(choiceSection(record, results, timing, []));
  const texts = [...opening(rankingSection(record, results, [])), ...choice, ...raceRules(record, results)];
  return texts.length ? [{ id: 'reading', title: 'How the rankings are made', content: paragraphs(texts) }] : [];
}

function datasetSection(report: Report, name: string, i: number): Section[] {
  const { record, results, timing, plots, strips } = report;
  const cells = cellsOf(results, name);
  if (!cells.length) return [];
  const column = results.columns.find(({ dataset }) => dataset === name);
  const own = plots.filter(({ dataset }) => dataset === name);
  const how = html`<p class="legend"><a href="#reading">How ranks, errors and differences are made</a></p>\n`;
  const content = html`${rankingOf(i, cells, column, { record, timing })}${how}${own.length ? html`<h3 id="plots-${i + 1}">Plots</h3>\n${plotsIn(own)}` : undefined}${raceOf(i, column, record, results)}${samplesOf(i, name, cells, strips)}`;
  return [{ id: `data-${i + 1}`, title: name, content }];
}

function confirmationSection({ record, results }: Report): Section[] {
  const parts = results.columns.flatMap((column, i) => confirmationOf(i, column, record) ?? []);
  return parts.length ? [{ id: 'confirmation', title: 'Confirmation in a second feature space', content: parts }] : [];
}

function setAsideSection({ setAside }: Report): Section[] {
  if (!setAside.length) return [];
  const count =
    setAside.length === 1
      ? '1 program or image could not be used, and another took its place:'
      : `${formatCount(setAside.length)} programs or images could not be used, and others took their place:`;
  const items = setAside.map(({ dataset, id, why }) => html`<li>${dataset}, ${id}: ${why}</li>\n`);
  return [{ id: 'set-aside', title: 'Set aside', content: html`<p>${count}</p>\n<ul>\n${items}</ul>\n` }];
}

function sectionsOf(report: Report): Section[] {
  const { record, results, timing, plots } = report;
  const placeOf = (dataset: string) => record.datasets.findIndex(({ name }) => name === dataset);
  const all = plots.filter(({ dataset }) => dataset === undefined);
  return [
    { id: 'measured', title: 'What was measured', content: measured(record, results) },
    { id: 'outcome', title: 'Outcome', content: answers(record, results, placeOf) },
    { id: 'table-1', title: 'Table 1', content: [table1(record, results), plotsIn(all)] },
    ...record.datasets.flatMap(({ name }, i) => datasetSection(report, name, i)),
    ...reading(report),
    ...confirmationSection(report),
    ...setAsideSection(report),
    { id: 'made', title: 'How it was made', content: madeOf(record, timing) },
  ];
}

function contents(sections: readonly Section[]): Html {
  return html`<nav aria-label="Contents"><ul>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ul></nav>
`;
}

const subtitle = ({ datasets }: RunRecord): string => listed(datasets.map(({ name }) => name));

/**
 * `report.html`: one file that loads nothing, to be read offline, with or without scripts, on paper and on a phone. Every
 * name in it is text.
 *
 * @throws Error where a strip's source is no picture inside the page or beside it
 */
export function renderHtml(report: Report): string {
  const { record } = report;
  const sections = sectionsOf(report);
  return markupOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${record.tool}">
<title>${TITLE}: ${subtitle(record)}</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
<script>${trusted(SCRIPT)}</script>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><div><h1>${TITLE}</h1>
<p class="soft">${subtitle(record)}</p></div>
<button type="button" class="theme" hidden>Theme</button></header>
${contents(sections)}<main id="main" tabindex="-1">
${sections.map(({ id, title, content }) => html`<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${content}</section>\n`)}</main>
<footer>Made by ${record.tool}.</footer>
<div id="live" class="unseen" role="status"></div>
</body>
</html>
`);
}
