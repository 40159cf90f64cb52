import type { CorrelationStudy } from './correlation.js';
import { correlationSentences, correlationTable, pairTable } from './correlation-table.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';

/** A picture beside the page. */
export interface LinkedPlot {
  readonly file: string;
  readonly title: string;
}

/** A study as a markdown page, with its pictures by relative links; names from files are literal text in it. */
export function correlationMarkdown(study: CorrelationStudy, plots: readonly LinkedPlot[]): string {
  const { fids, downstream, correlations } = study;
  const sections = [
    `# FID of ${literal(fids)} against accuracies of ${literal(downstream)}`,
    markdownRows(correlationTable(study, literal)),
    correlationSentences(study, literal)
      .map((sentence) => `- ${sentence}`)
      .join('\n'),
    ...plots.map(({ file, title }) => `![${literal(title)}](${file})`),
    ...correlations.flatMap((one) => [
      `## ${literal(one.column)} on ${literal(one.dataset)}`,
      markdownRows(pairTable(one, literal)),
    ]),
  ];
  return `${sections.join('\n\n')}\n`;
}
