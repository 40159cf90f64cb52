/** A picture of a report: a self-contained SVG, no scripts, nothing loaded, light and dark. */
export interface ReportPlot {
  /** Its file beside the reports: `fid-1.svg`. */
  readonly file: string;
  /**
   * `ranking`: every setting with its interval; `n`: FID against N, a line with a band for each method; `race`: FID against
   * images, look by look; `pareto`: FID against diversity and cost.
   */
  readonly kind: 'ranking' | 'n' | 'race' | 'pareto';
  /** Undefined for one of all data sets. */
  readonly dataset?: string;
  readonly title: string;
  /** What it shows, in a sentence or two, for those who do not see it. */
  readonly description: string;
  readonly svg: string;
}
