import { expect, test } from 'vitest';
import { renderJson, reportDocument } from '../../src/report/document.js';
import { cellsOf, RECORD } from '../store/records.js';

const document = reportDocument({ schema: 1, ...RECORD, seconds: 3 }, cellsOf(10));

test('has a cell for every data set and setting, with method, n (1 for none), images and fid', () => {
  expect(document.cells).toHaveLength(6);
  expect(document.cells[0]).toEqual({
    dataset: 'Programs',
    method: 'none',
    n: 1,
    setting: 'none',
    images: 10,
    fid: 0,
    meanTerm: 0,
    covarianceTerm: 0,
  });
  expect(document.cells[5]).toMatchObject({
    dataset: 'Photos',
    method: 'cutmix',
    n: 3,
    setting: 'cutmix:3?alpha=0.5',
    fid: 12,
  });
});

test('says how it was made', () => {
  expect(document.made).toEqual({ ...RECORD, seconds: 3 });
});

test('is one JSON object', () => {
  expect(JSON.parse(renderJson(document))).toEqual(document);
  expect(renderJson(document).endsWith('}\n')).toBe(true);
});
