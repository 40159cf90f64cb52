import { describe, expect, test } from 'vitest';
import { type Influence, influenceCsv, mostInfluential } from '../../src/report/influence.js';

const PSI = Float64Array.of(0.5, -3, 2, 7, -1, -5.5);
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('the pictures that pull most', () => {
  test('those that raise the FID from the top, those that lower it from the bottom', () => {
    expect(mostInfluential(IDS, PSI, 2)).toEqual({
      raising: [
        { id: 'd', psi: 7 },
        { id: 'c', psi: 2 },
      ],
      lowering: [
        { id: 'f', psi: -5.5 },
        { id: 'b', psi: -3 },
      ],
    });
  });

  test.each([
    [6, 20, 3, 3],
    [5, 20, 3, 2],
    [5, 2, 2, 2],
    [4, 20, 3, 1],
    [4, 1, 1, 1],
    [1, 20, 1, 0],
    [6, 0, 0, 0],
    [0, 20, 0, 0],
  ])('of the first %i, %i asked for: %i raise it, %i lower it, none both', (n, count, raise, lower) => {
    const { raising, lowering } = mostInfluential(IDS.slice(0, n), PSI.slice(0, n), count);
    expect([raising.length, lowering.length]).toEqual([raise, lower]);
    expect(raising.every(({ psi }) => psi > 0) && lowering.every(({ psi }) => psi < 0)).toBe(true);
  });

  test('one that does neither is in neither list', () => {
    expect(mostInfluential(['a', 'b', 'c'], Float64Array.of(0, -0, 0), 3)).toEqual({ raising: [], lowering: [] });
  });

  test('equal ones stay in the order of the pictures, and the arguments as they are', () => {
    const psi = Float64Array.of(1, 1, 1, -1, -1, -1);
    const { raising, lowering } = mostInfluential(IDS, psi, 2);
    expect(raising.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(lowering.map(({ id }) => id)).toEqual(['f', 'e']);
    expect([...psi]).toEqual([1, 1, 1, -1, -1, -1]);
  });
});

/** The fields of a CSV text (RFC 4180): the reader that spreadsheets and Python's csv have. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe('the CSV', () => {
  const one = (id: string): Influence => ({ id, psi: 6 });

  test('a head, then a line a picture: effect, rank, name, ψ, and by how much the FID changes without it', () => {
    const { raising, lowering } = mostInfluential(IDS, PSI, 2);
    expect(influenceCsv(raising, lowering, 6)).toBe(
      [
        'effect,rank,picture,psi,fid_change_without',
        'raises,1,d,7,-1.4',
        'raises,2,c,2,-0.4',
        'lowers,1,f,-5.5,1.1',
        'lowers,2,b,-3,0.6',
        '',
      ].join('\n'),
    );
  });

  test('of nothing is the head alone', () => {
    expect(influenceCsv([], [], 0)).toBe('effect,rank,picture,psi,fid_change_without\n');
  });

  test.each([
    ['plain.png', 'plain.png'],
    ['ordner/größe 1.png', 'ordner/größe 1.png'],
    ['a,b.png', '"a,b.png"'],
    ['say "hi".png', '"say ""hi"".png"'],
    ['two\nlines', '"two\nlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['back\rward', '"back\rward"'],
    ['""', '""""""'],
    ['', ''],
    ['=1+1', "'=1+1"],
    ['+1.png', "'+1.png"],
    ['-1.png', "'-1.png"],
    ['@SUM(A1).png', "'@SUM(A1).png"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['=HYPERLINK("a","b")', '"\'=HYPERLINK(""a"",""b"")"'],
    ['a=b', 'a=b'],
    ['1-2', '1-2'],
  ])('the name %j is written %j', (id, written) => {
    const text = influenceCsv([one(id)], [one('next')], 4);
    expect(text).toBe(`effect,rank,picture,psi,fid_change_without\nraises,1,${written},6,-2\nlowers,1,next,6,-2\n`);
    const rows = parse(text);
    expect(rows.map(({ length }) => length)).toEqual([5, 5, 5]);
    expect(rows[1]![2]!.replace(/^'/, '')).toBe(id);
  });

  test('numbers come back to the last bit, very small and very large', () => {
    const values = [1e-300, Math.PI * 1e21, -0.1, 2 * Number.MIN_VALUE];
    const rows = parse(
      influenceCsv(
        values.map((psi) => ({ id: 'x', psi })),
        [],
        3,
      ),
    );
    expect(rows.slice(1).map(([, , , psi]) => Number(psi))).toEqual(values);
    expect(rows.slice(1).map(([, , , , change]) => Number(change))).toEqual(values.map((value) => -value / 2));
  });
});
