import CliTable from 'cli-table3';
import { plain } from '../core/plain.js';
import type { RunComparison } from './comparison.js';
import { madeDifferences } from './comparison-made.js';
import { comparisonSentences, comparisonTable, madeOutcome, madeSentences } from './comparison-table.js';
import type { TextTable } from './ranking.js';

/** A text table for a terminal, every text made safe for it. */
export function terminalTable({ head, rows }: TextTable): string {
  const out = new CliTable({
    head: head.map(({ text }) => plain(text)),
    colAligns: head.map(({ right }) => (right ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) out.push(row.map(plain));
  return out.toString();
}

/** What matters in how the runs were made, a table for each data set, what it says, and all that differs. */
export function renderComparedRuns(comparison: RunComparison): string {
  const { rows, runs } = comparison;
  const made = madeDifferences(comparison);
  const names = [...new Set(rows.map(({ dataset }) => dataset))];
  const outcome = madeOutcome(made);
  const tables = names.map((name) => {
    const own = rows.filter(({ dataset }) => dataset === name);
    return `${plain(name)}\n${terminalTable(comparisonTable(comparison, own, plain))}`;
  });
  // A field under the other: texts of paths and versions are too long for columns of a terminal.
  const fields = made.map(({ field, values }) =>
    [plain(field), ...values.map((value, run) => `  ${plain(runs[run]!.name)}: ${plain(value)}`)].join('\n'),
  );
  return [
    [...(outcome ? [outcome] : []), ...madeSentences(made, plain)].join('\n'),
    tables.join('\n\n'),
    comparisonSentences(comparison, plain).join('\n'),
    ...(fields.length ? [`What was different in how they were made:\n${fields.join('\n')}`] : []),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}
