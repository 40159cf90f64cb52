import type { FidEstimate } from './fid.js';
import type { Cell } from './report/results.js';

/** What of an estimate a report holds: FID∞'s error and interval only where it can be trusted. */
export function numbersOf(
  estimate: FidEstimate,
): Pick<Cell, 'fid' | 'meanTerm' | 'covarianceTerm' | 'standardError' | 'interval' | 'unbiased'> {
  const { value: fid, meanTerm, covarianceTerm, standardError, interval, unbiased } = estimate;
  return {
    fid,
    meanTerm,
    covarianceTerm,
    ...(standardError !== undefined && { standardError }),
    ...(interval && { interval }),
    ...(unbiased && {
      unbiased: {
        value: unbiased.value,
        trusted: unbiased.trusted,
        ...(unbiased.trusted && { standardError: unbiased.standardError!, interval: unbiased.interval! }),
      },
    }),
  };
}
