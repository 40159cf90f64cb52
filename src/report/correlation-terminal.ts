import { plain } from '../core/plain.js';
import { terminalTable } from './comparison-terminal.js';
import type { CorrelationStudy } from './correlation.js';
import { correlationSentences, correlationTable } from './correlation-table.js';

/** A study of correlations for a terminal. */
export const renderCorrelation = (study: CorrelationStudy): string =>
  [
    `FID of ${plain(study.fids)} against accuracies of ${plain(study.downstream)}`,
    terminalTable(correlationTable(study, plain)),
    ...correlationSentences(study, plain),
    '',
  ].join('\n');
