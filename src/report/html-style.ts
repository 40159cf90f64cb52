/** Colours of a page, the same as those of its pictures; text on any ground of its theme has a contrast of 4.5 : 1. */
export interface Theme {
  readonly ink: string;
  readonly soft: string;
  readonly link: string;
  readonly page: string;
  readonly raised: string;
  readonly rule: string;
  /** Of what is at work: buttons and boxes. */
  readonly edge: string;
}

export const LIGHT: Theme = {
  ink: '#1f2328',
  soft: '#59636e',
  link: '#0860ca',
  page: '#ffffff',
  raised: '#f6f8fa',
  rule: '#d1d9e0',
  edge: '#818b98',
};

export const DARK: Theme = {
  ink: '#f0f6fc',
  soft: '#9ea7b0',
  link: '#58a6ff',
  page: '#0d1117',
  raised: '#161b22',
  rule: '#3d444d',
  edge: '#767e88',
};

const variables = (theme: Theme): string =>
  Object.entries(theme)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');

/** Light, unless the reader's system or the reader wants dark; on paper always light. */
const THEMES = `
:root { color-scheme: light; ${variables(LIGHT)} }
@media screen and (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { color-scheme: dark; ${variables(DARK)} } }
@media screen { :root[data-theme="dark"] { color-scheme: dark; ${variables(DARK)} } }
`;

const TEXT = `
*, ::before, ::after { box-sizing: border-box }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body { margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere }
header, nav, main, footer { max-width: 76rem; margin-inline: auto; padding-inline: 2rem }
header { display: flex; gap: 1rem; align-items: start; justify-content: space-between; padding-block: 3rem 0 }
h1 { font-size: 1.75rem; line-height: 2.125rem; font-weight: 650; letter-spacing: -0.01em; margin: 0 0 .375rem }
h2 { font-size: 1.3125rem; line-height: 1.75rem; font-weight: 650; margin: 3.5rem 0 1rem; padding-top: 1.125rem; border-top: 1px solid var(--rule) }
h3 { font-size: 1rem; line-height: 1.5rem; font-weight: 650; margin: 2.25rem 0 .75rem }
p, ul, ol, dl { margin: 0 0 1rem; max-width: 46rem }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px }
code { font: .85em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
pre { background: var(--raised); border: 1px solid var(--rule); border-radius: 4px; padding: .8rem 1rem; white-space: pre-wrap; max-width: 60rem }
.soft, figcaption, .legend { color: var(--soft) }
.legend, figcaption { font-size: .875rem; line-height: 1.5 }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: .5rem; top: -4rem; z-index: 3; padding: .5rem 1rem; background: var(--page); border: 1px solid var(--edge) }
.skip:focus { top: .5rem }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px }
main:focus { outline: none }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.375rem; padding: 0; margin: 1.375rem 0 0; max-width: none; font-size: .875rem }
footer { margin-top: 4rem; padding-block: 1.2rem 3rem; font-size: .875rem; color: var(--soft) }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--edge); border-radius: 6px; padding: .3rem .8rem; cursor: pointer }
.theme { flex: none; font-size: .875rem }
.notes { border-left: 3px solid var(--rule); padding-left: 1.125rem; font-size: .875rem; color: var(--soft) }
.notes p { margin-bottom: .625rem }
summary { cursor: pointer; color: var(--link); font-size: .875rem; width: fit-content }
details[open] > summary { margin-bottom: .75rem }
.facts { display: grid; grid-template-columns: minmax(9rem, 14rem) minmax(0, 1fr); gap: .375rem 1.5rem; max-width: 62rem; font-size: .875rem }
.facts dt { color: var(--soft) } .facts dd { margin: 0 }
.answers dt { font-weight: 650; margin-top: 1rem } .answers dd { margin: .125rem 0 0 }
`;

/** Lines and paddings of whole pixels: else the columns that stay in sight are set half a pixel beside their rows. */
const TABLES = `
.scroller { position: relative; overflow-x: auto; margin: 0 0 1rem; max-width: 100%; width: fit-content }
table { border-collapse: separate; border-spacing: 0; font-size: .875rem; line-height: 1.25rem; font-variant-numeric: tabular-nums lining-nums; border-bottom: 1px solid var(--ink) }
caption { text-align: left; max-width: calc(100vw - 4rem); font-weight: 600; padding: 0 0 .625rem }
th, td { padding: .3125rem .8rem; text-align: left; vertical-align: baseline; white-space: nowrap; font-weight: 400 }
th:first-child, td:first-child { padding-left: .2rem } th:last-child, td:last-child { padding-right: .6rem }
.right { text-align: right }
thead th { font-weight: 600; border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); vertical-align: bottom; white-space: normal; overflow-wrap: normal; max-width: 9rem }
thead button { position: relative; border: 0; padding: 0 .95em 0 0; font-weight: 600; text-align: inherit; border-radius: 2px }
thead button::after { content: "↕" / ""; position: absolute; right: 0; bottom: 0; width: .8em; color: var(--soft); font-weight: 400; text-align: center }
thead .right button { margin-right: -.6em }
thead [aria-sort="ascending"] button::after { content: "↑" / ""; color: var(--link) }
thead [aria-sort="descending"] button::after { content: "↓" / ""; color: var(--link) }
tbody tr:hover > * { background: var(--raised) }
th[scope="row"], .stub { position: sticky; left: 0; background: var(--page); z-index: 1 }
thead .stub, .wide thead :nth-child(2) { z-index: 2 }
.wide { min-width: 22rem }
.choice { white-space: normal; overflow-wrap: normal; min-width: 7.5rem }
tbody tr + tr > * { border-top: 1px solid var(--rule) }
tfoot tr > * { border-top: 1px solid var(--ink); color: var(--soft) }
.more { display: block; font-size: .8125rem; line-height: 1.125rem; color: var(--soft) }
.aside { color: var(--soft) }
.mark { position: absolute; padding-left: .1em }
.on-demand { display: none }
.toggle:checked ~ .scroller .on-demand { display: block }
.toggle { width: .95rem; height: .95rem; margin: 0 .45rem 0 0; vertical-align: -.12em; accent-color: var(--link); cursor: pointer }
.toggle + label { font-size: .875rem; cursor: pointer }
.toggle ~ .scroller { margin-top: 1.125rem }
`;

const PICTURES = `
figure { margin: 0 0 1.75rem }
figcaption { max-width: 46rem }
.plot { overflow-x: auto }
.plot svg { display: block; max-width: 100%; min-width: 34rem; height: auto }
.samples { list-style: none; padding: 0; max-width: none; display: grid; gap: 1.4rem }
.samples figure { margin: 0 }
.samples figcaption { margin-bottom: .35rem; color: var(--ink) }
.strip { display: block; max-width: 100%; height: auto; background: var(--raised) }
.samples details { margin-top: .4rem } .samples details figure { margin-bottom: .9rem }
.psi { list-style: none; padding: 0; margin: .2rem 0 0; display: grid; max-width: 100%; font-size: .75rem; line-height: 1.3; text-align: center; color: var(--soft); font-variant-numeric: tabular-nums }
.psi li { min-width: 0; overflow-wrap: normal }
`;

const OTHERWISE = `
@media (max-width: 40rem) {
  header, nav, main, footer { padding-inline: 1rem }
  header { padding-top: 1.375rem } h1 { font-size: 1.375rem; line-height: 1.75rem } h2 { margin-top: 2.625rem }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0 } .facts dd { margin-bottom: .6rem }
  th, td { padding-inline: .55rem } caption { max-width: calc(100vw - 2rem) }
  .wide th[scope="row"], .wide .stub { width: 5.6rem; min-width: 5.6rem; max-width: 5.6rem; white-space: normal }
  .wide :is(th, td):nth-child(2) { position: sticky; left: 5.6rem; background: var(--page); z-index: 1 }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
@media print {
  @page { margin: 16mm 14mm }
  html { font-size: 10pt } header, nav, main, footer { max-width: none; padding-inline: 0 }
  header { padding-top: 0 } nav, .skip, .theme, .toggle, .toggle + label, thead button::after { display: none !important }
  thead button { padding: 0; margin: 0 !important }
  thead button, th, td, .scroller { position: static }
  .scroller, .plot { overflow: visible; width: auto } .plot svg { min-width: 0 }
  table { font-size: 8pt } th, td { padding: .2rem .35rem; white-space: normal }
  thead { display: table-header-group } tfoot { display: table-row-group } table, tr, figure, .samples > li { break-inside: avoid } h2, h3, h4, caption { break-after: avoid }
  details::details-content { content-visibility: visible; block-size: auto } summary { color: var(--soft); list-style: none }
  a { color: inherit; text-decoration: none }
}
`;

/** The whole style of a report: nothing is loaded. */
export const STYLE = [THEMES, TEXT, TABLES, PICTURES, OTHERWISE].join('');
