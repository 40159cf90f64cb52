import { literal } from './literal.js';
import type { ReportPlot } from './plot.js';

/** Links of the plots of one kind, of one data set or of all of them, a paragraph each: relative, with what they show in words. */
export const plotLinks = (plots: readonly ReportPlot[], kind: ReportPlot['kind'], dataset?: string): string[] =>
  plots
    .filter((plot) => plot.kind === kind && plot.dataset === dataset)
    .map(({ file, title, description }) => `![${literal(`${title}. ${description}`)}](${file})`);
