import { STYLE } from './html-style.js';

const STATES = `
.badge { display: inline-block; border: 1px solid var(--edge); border-radius: 1em; padding: 0 .7em; font-size: .875rem; font-weight: 600; margin-right: .4em; vertical-align: .1em }
.badge.running { border-color: var(--link); color: var(--link) }
.badge.paused, .badge.stopping, .badge.unreadable { border-style: dashed }
.badge.finished { background: var(--raised) }
.state { margin-bottom: .8rem; max-width: none }
.fault { border-left: 3px solid var(--ink); padding-left: 1rem }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1rem; margin: 0 0 1rem; font-variant-numeric: tabular-nums }
progress { appearance: none; border: 0; border-radius: 4px; width: min(28rem, 100%); height: .6rem; background: var(--rule); overflow: hidden }
progress::-webkit-progress-bar { background: var(--rule) } progress::-webkit-progress-value { background: var(--link) }
progress::-moz-progress-bar { background: var(--link) }
.figures { display: flex; flex-wrap: wrap; gap: .6rem 2.4rem; max-width: none; font-variant-numeric: tabular-nums }
.figures dt { font-size: .8125rem; color: var(--soft) } .figures dd { margin: 0; font-size: 1.125rem }
.races { font-size: .9rem; padding-left: 1.1rem }
.top { margin-top: 1.6rem }
#controls button { min-width: 5.5rem } #controls { margin: 0 0 1rem } #controls button + button { margin-left: .4rem }
#controls p { margin: 0 }
button:disabled { color: var(--soft); border-color: var(--rule); cursor: default }
button:not(:disabled):hover { background: var(--raised) }
.report a { font-weight: 600 }
.folder { font: .85em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
#plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 1rem 2rem }
.samples { grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: .7rem 1.6rem } #samples details { margin-bottom: .6rem }
.plot img { display: block; max-width: 100%; height: auto }
.overview { list-style: none; padding: 0; max-width: none }
.overview h2 { margin-top: 2.2rem } .overview p { margin-bottom: .3rem }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none }
.pair { display: flex; flex-wrap: wrap; gap: 0 3rem } .pair section { flex: 0 1 auto; min-width: 0; max-width: 100% } .pair section + section { flex: 1 1 36rem } .pair #table .legend { width: 0; min-width: 100% }
thead button:hover { background: none }
@media (max-width: 40rem) { .figures { gap: .5rem 1.4rem } .figures dd { font-size: 1rem } }
`;

/** The style of a dashboard: that of a report, and of what only a dashboard has. */
export const DASHBOARD_STYLE = STYLE + STATES;
