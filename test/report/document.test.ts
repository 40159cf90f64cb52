import { expect, test } from 'vitest';
import { renderJson, reportDocument } from '../../src/report/document.js';
import { timingDocument } from '../../src/report/timing-document.js';
import type { RunRecord } from '../../src/store/record.js';
import { plainResults, RECORD, RESULTS, SET_ASIDE, TIMING } from './made-up.js';

const document = reportDocument(RECORD, RESULTS, SET_ASIDE);

test('has a cell for every data set and setting, with method, n (1 for none) and all that is known of it', () => {
  expect(document.schema).toBe(2);
  expect(document.cells).toHaveLength(12);
  expect(reportDocument(RECORD, plainResults(10), []).cells[0]).toEqual({
    dataset: 'Programs',
    method: 'none',
    n: 1,
    setting: 'none',
    images: 10,
    fid: 0,
    meanTerm: 0,
    covarianceTerm: 0,
    rank: 1,
    status: 'measured',
    bases: 1,
  });
  expect(document.cells[4]).toEqual({ method: 'cutmix', n: 2, ...RESULTS.cells[4] });
  expect(document.columns).toEqual(RESULTS.columns);
});

test('says how it was made, without the flags, which may hold paths', () => {
  const { schema: _, flags: __, ...made } = RECORD;
  expect(document.made).toEqual(made);
  expect(renderJson(document)).not.toMatch(/somebody|secret|flags/);
});

test('holds nothing of when the run was made, whatever a record or its timing says', () => {
  const lifted = { ...RECORD, started: '2026-01-02T03:04:05.000Z', seconds: 3 } as RunRecord;
  expect(renderJson(reportDocument(lifted, RESULTS, SET_ASIDE))).toBe(renderJson(document));
  expect(renderJson(document)).not.toMatch(/2026|"\w*(Ms|PerImage|perSecond|PerSecond|started|seconds)"/);
});

test('is the same bytes whatever the order in which pictures were set aside, and however often', () => {
  const again = [...SET_ASIDE.toReversed(), ...SET_ASIDE];
  expect(renderJson(reportDocument(RECORD, RESULTS, again))).toBe(renderJson(document));
  expect(document.setAside.map(({ dataset }) => dataset)).toEqual(['Programs', 'Photos']);
  const ids = ['b', 'a', 'B'].map((id) => ({ dataset: 'Photos', id, why: 'x' }));
  expect(reportDocument(RECORD, RESULTS, ids).setAside.map(({ id }) => id)).toEqual(['B', 'a', 'b']);
});

test('is one JSON object', () => {
  expect(JSON.parse(renderJson(document))).toEqual(document);
  expect(renderJson(document).endsWith('}\n')).toBe(true);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is refused: JSON would make it null', (fid) => {
  const results = { ...RESULTS, cells: [{ ...RESULTS.cells[0]!, fid }] };
  expect(() => renderJson(reportDocument(RECORD, results, []))).toThrow(`fid is ${fid} in a report`);
});

test('timing has the device time of an image, its base images and its mixing, and images/s without overlap', () => {
  const timing = timingDocument(RECORD, RESULTS, TIMING);
  expect(timing).toMatchObject({
    schema: 2,
    started: '2026-01-02T03:04:05.000Z',
    seconds: 61.4,
    baseRenders: 9090,
    images: 1000,
    inferenceMsPerImage: 30,
    note: expect.stringContaining('without overlap'),
  });
  // 4 bases × 2.5 ms + 0.5 ms, and 30 ms of inference: 40.5 ms an image.
  expect(timing.cells[3]).toEqual({
    dataset: 'Programs',
    setting: 'mixup:4?weights=equal',
    bases: 4,
    deviceMsPerImage: 10.5,
    imagesPerSecond: 1000 / 40.5,
  });
});

test('timing has images/s of programs alone: what making other pictures takes is not measured', () => {
  const both = { ...TIMING, cells: [0, 1].flatMap((dataset) => TIMING.cells.map((cell) => ({ ...cell, dataset }))) };
  const { cells, note } = timingDocument(RECORD, RESULTS, both);
  expect(cells.map(({ dataset }) => dataset)).toEqual([...Array(6).fill('Programs'), ...Array(6).fill('Photos')]);
  for (const cell of cells.slice(0, 6))
    expect(cell.imagesPerSecond).toBeCloseTo(1000 / (cell.deviceMsPerImage + 30), 9);
  for (const cell of cells.slice(6)) expect(cell).not.toHaveProperty('imagesPerSecond');
  expect(cells.slice(6).map(({ deviceMsPerImage }) => deviceMsPerImage)).toEqual(
    cells.slice(0, 6).map(({ deviceMsPerImage }) => deviceMsPerImage),
  );
  expect(note).toContain('of programs alone');
  // By what the data set is, not by its name or spec.
  for (const kind of ['deadleaves', 'fractals', 'generator', 'stylegan', 'folder']) {
    const [first, ...others] = RECORD.datasets;
    const record: RunRecord = { ...RECORD, datasets: [{ ...first!, identity: { kind } }, ...others] };
    expect(timingDocument(record, RESULTS, both).cells.some((cell) => 'imagesPerSecond' in cell)).toBe(false);
  }
});

test('timing leaves out what was not measured', () => {
  const unknown = timingDocument(RECORD, RESULTS, { seconds: 1, baseRenders: 0, images: 0, inferenceMs: 0, cells: [] });
  expect(unknown).not.toHaveProperty('started');
  expect(unknown).not.toHaveProperty('inferenceMsPerImage');
  expect(unknown.cells).toEqual([]);
  const [cell] = TIMING.cells;
  const none = { ...TIMING, images: 0, cells: [cell!, { ...cell!, setting: 'mixup:2', outputs: 0 }] };
  expect(timingDocument(RECORD, RESULTS, none).cells).toEqual([
    { dataset: 'Programs', setting: 'none', bases: 1, deviceMsPerImage: 3 },
  ]);
});
