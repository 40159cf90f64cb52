import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { renderJson, reportDocument } from '../report/document.js';
import type { Report } from '../report/report.js';
import type { Results } from '../report/results.js';
import type { Strip } from '../report/strip.js';
import { timingDocument } from '../report/timing-document.js';
import { PICTURES, readPicture, readPictureIndex, type StripRecord, writePicture } from '../store/pictures.js';

export const FORMATS = ['md', 'html', 'tex', 'csv', 'json', 'svg'] as const;
export type Format = (typeof FORMATS)[number];

/** A strip and its bytes. */
interface KeptStrip {
  readonly record: StripRecord;
  readonly bytes: Uint8Array;
}

/** The strips that a run folder keeps of its results, as its index has them; those whose file is missing are left out. */
function keptStrips(folder: string, { cells }: Results): { readonly tile: number; readonly strips: KeptStrip[] } {
  const { tile, strips } = readPictureIndex(folder);
  const places = new Set(cells.map(({ dataset, setting }) => JSON.stringify([dataset, setting])));
  const kept = strips.flatMap((record): KeptStrip[] => {
    // A tile of no size is no picture.
    if (tile < 1 || !places.has(JSON.stringify([record.dataset, record.setting]))) return [];
    const bytes = readPicture(folder, record.file);
    return bytes ? [{ record, bytes }] : [];
  });
  return { tile, strips: kept };
}

const linked = (tile: number, { record }: KeptStrip, source: string): Strip => {
  const { file: _, ...strip } = record;
  return { ...strip, tile, source };
};

interface Writing {
  readonly formats: readonly Format[];
  readonly output: string;
  readonly ci: boolean;
}

const samePlace = (a: string, b: string): boolean =>
  existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);

/**
 * Writes the reports in the formats asked for, with the plots and strips that markdown links. Gives why they could not be
 * written: the numbers are shown all the same.
 *
 * @param report without strips: these are read of the run's folder
 */
export async function writeReports(
  report: Report,
  folder: string,
  { formats, output, ci }: Writing,
): Promise<string | undefined> {
  const { record, results, timing, setAside, plots } = report;
  const wants = (format: Format) => formats.includes(format);
  const { tile, strips } = wants('md') || wants('html') ? keptStrips(folder, results) : { tile: 0, strips: [] };
  const write = (name: string, content: string) => writeAtomically(join(output, name), content);
  try {
    if (wants('json')) {
      write('report.json', renderJson(reportDocument(record, results, setAside)));
      if (timing) write('timing.json', renderJson(timingDocument(record, results, timing)));
    }
    if (wants('svg') || wants('md')) for (const { file, svg } of plots) write(file, svg);
    if (wants('md')) {
      if (!samePlace(folder, output)) for (const { record, bytes } of strips) writePicture(output, record.file, bytes);
      const beside = strips.map((strip) => linked(tile, strip, `${PICTURES}/${strip.record.file}`));
      const { renderMarkdown } = await import('../report/markdown.js');
      write('report.md', renderMarkdown({ ...report, strips: beside }, { ci }));
    }
    if (wants('tex')) write('report.tex', (await import('../report/latex.js')).renderLatex(report, { ci }));
    if (wants('csv')) write('report.csv', (await import('../report/csv.js')).renderCsv(report));
    if (wants('html')) {
      const inside = strips.map((strip) =>
        linked(tile, strip, `data:image/webp;base64,${Buffer.from(strip.bytes).toString('base64')}`),
      );
      const { renderHtml } = await import('../report/html.js');
      write('report.html', renderHtml({ ...report, strips: inside }));
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Who reads a folder that is not for writing asked for no more; on a full disk something is lost.
    if (!/not writable/.test(error.message)) process.exitCode = 2;
    return `The reports were not written: ${plain(error.message)}`;
  }
  return undefined;
}
