import type { CorrelationStudy } from './correlation.js';

export interface CorrelationDocument extends CorrelationStudy {
  readonly format: 'fidsweep-correlation';
  readonly version: 1;
  readonly convention: string;
}

/** A study with full digits. */
export const correlationDocument = (study: CorrelationStudy): CorrelationDocument => ({
  format: 'fidsweep-correlation',
  version: 1,
  convention: 'lower FID is better: an FID of use has a negative correlation with accuracy',
  ...study,
});
