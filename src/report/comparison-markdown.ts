import type { RunComparison } from './comparison.js';
import { madeDifferences } from './comparison-made.js';
import { comparisonSentences, comparisonTable, madeOutcome, madeSentences, madeTable } from './comparison-table.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';

/** The comparison as a markdown page; names of runs, data sets and files are literal text in it. */
export function comparisonMarkdown(comparison: RunComparison): string {
  const { rows, runs } = comparison;
  const made = madeDifferences(comparison);
  const outcome = madeOutcome(made);
  const names = [...new Set(rows.map(({ dataset }) => dataset))];
  const first = [...(outcome ? [outcome] : []), ...madeSentences(made, literal)];
  const sections = [
    `# ${runs.map(({ name }) => literal(name)).join(', ')}: the same cells side by side`,
    first.map((sentence) => `> ${sentence}`).join('\n>\n'),
    ...names.flatMap((name) => [
      `## ${literal(name)}`,
      markdownRows(
        comparisonTable(
          comparison,
          rows.filter(({ dataset }) => dataset === name),
          literal,
        ),
      ),
    ]),
    'FIDₙ ± its standard error, lower is better; what a race dropped stands in parentheses.',
    comparisonSentences(comparison, literal)
      .map((sentence) => `- ${sentence}`)
      .join('\n'),
    ...(made.length
      ? ['## What was different in how they were made', markdownRows(madeTable(comparison, made, literal))]
      : []),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}
