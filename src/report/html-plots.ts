import { type Html, html, trusted } from './html-escape.js';
import type { ReportPlot } from './plot.js';

const ORDER: readonly ReportPlot['kind'][] = ['ranking', 'n', 'race', 'pareto'];

/** Plots one below the other, drawn into the page; what each shows is said below it. */
export function plotsIn(plots: readonly ReportPlot[]): Html {
  const sorted = [...plots].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return html`${sorted.map(
    ({
      title,
      description,
      svg,
    }) => html`<figure><div class="plot" role="group" aria-label="${title}" tabindex="0">${trusted(svg.replace(/^<\?xml[^>]*>\s*/, ''))}</div>
<figcaption>${description}</figcaption></figure>
`,
  )}`;
}
