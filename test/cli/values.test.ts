import { describe, expect, test } from 'vitest';
import { flag, integer, integers, list, share, text, word } from '../../src/cli/values.js';
import { UserError } from '../../src/core/errors.js';

/** What a reader makes of a value of `--x`, or its message. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

test.each([
  [undefined, undefined],
  ['a b', 'a b'],
  [5, '5'],
  ['', '--x: got "", expected one text.'],
  [true, '--x: got true, expected one text.'],
  [['a', 'b'], '--x: got ["a","b"], expected one text.'],
  [null, '--x: got null, expected one text.'],
])('text: %j', (value, expected) => {
  expect(outcome(() => text({ x: value }, 'x'))).toBe(expected);
});

describe('a whole number from 2 to 16', () => {
  test.each([
    [undefined, undefined],
    ['2', 2],
    ['16', 16],
    ['007', 7],
    [9, 9],
  ])('%j is %j', (value, expected) => {
    expect(integer({ x: value }, 'x', 2, 16)).toBe(expected);
  });

  test.each([
    '1',
    '17',
    '-3',
    '2.0',
    '1e1',
    '0x3',
    ' 3',
    '3 ',
    '',
    'many',
    '99999999999999999999',
    '٣',
    2.5,
    1,
    17,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    null,
    [3],
  ])('%j is refused', (value) => {
    const shown =
      typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : JSON.stringify(value);
    expect(outcome(() => integer({ x: value }, 'x', 2, 16))).toBe(
      `--x: got ${shown}, expected a whole number from 2 to 16.`,
    );
  });
});

test.each([
  [undefined, false],
  [true, true],
  [false, false],
  ['yes', '--x: got "yes", expected true or false.'],
  [1, '--x: got 1, expected true or false.'],
  [[true, true], '--x: got [true,true], expected true or false.'],
])('flag: %j', (value, expected) => {
  expect(outcome(() => flag({ x: value }, 'x'))).toBe(expected);
});

describe('a list', () => {
  test.each([
    [undefined, undefined],
    ['a', ['a']],
    ['a, b ,c', ['a', 'b', 'c']],
    [
      ['a,b', 'c'],
      ['a', 'b', 'c'],
    ],
    [3, ['3']],
    [
      [2, 'x'],
      ['2', 'x'],
    ],
  ])('%j is %j', (value, expected) => {
    expect(list({ x: value }, 'x')).toEqual(expected);
  });

  test.each([
    ['', '""'],
    ['a,,b', '"a,,b"'],
    ['a,', '"a,"'],
    [' ', '" "'],
    [[], '[]'],
    [['a', null], '["a",null]'],
    [true, 'true'],
    [null, 'null'],
    [{ a: 1 }, '{"a":1}'],
  ])('%j is refused', (value, shown) => {
    expect(outcome(() => list({ x: value }, 'x'))).toBe(`--x: got ${shown}, expected texts separated by commas.`);
  });
});

describe('numbers and ranges from 2 to 16', () => {
  test.each([
    [undefined, undefined],
    ['2-9', [2, 3, 4, 5, 6, 7, 8, 9]],
    ['2,4,6-8', [2, 4, 6, 7, 8]],
    ['16', [16]],
    ['5-5', [5]],
    [
      ['3', '9-10'],
      [3, 9, 10],
    ],
    [4, [4]],
    [
      [2, 3],
      [2, 3],
    ],
  ])('%j is %j', (value, expected) => {
    expect(integers({ x: value }, 'x', 2, 16)).toEqual(expected);
  });

  test.each(['1', '17', '9-2', '2-17', '1-3', '2-', '-2', '2–9', '2..9', 'a', '2.5', '2-99999999999'])(
    '%j is refused',
    (value) => {
      expect(outcome(() => integers({ x: value }, 'x', 2, 16))).toBe(
        `--x: got "${value}", expected whole numbers or ranges from 2 to 16, such as 2-9 or 2,4,6.`,
      );
    },
  );

  test('the part that is wrong is named', () => {
    expect(outcome(() => integers({ n: '2-4,five' }, 'n', 2, 16))).toMatch(/^--n: got "five"/);
  });
});

describe('one of some words', () => {
  const read = (value: unknown) => outcome(() => word({ x: value }, 'x', ['grid', 'race']));
  test.each([
    [undefined, undefined],
    ['race', 'race'],
    ['Race', '--x: got "Race", expected grid or race. Did you mean "race"?'],
    ['rase', '--x: got "rase", expected grid or race. Did you mean "race"?'],
    ['lottery', '--x: got "lottery", expected grid or race.'],
    ['', '--x: got "", expected one text.'],
    [true, '--x: got true, expected one text.'],
    [['grid', 'race'], '--x: got ["grid","race"], expected one text.'],
  ])('%j', (value, expected) => {
    expect(read(value)).toBe(expected);
  });
});

describe('a share', () => {
  const read = (value: unknown) => outcome(() => share({ x: value }, 'x', (part) => part > 0 && part < 0.5, 'some'));
  test.each([
    [undefined, undefined],
    ['0.05', 0.05],
    ['.05', 0.05],
    ['5%', 0.05],
    [' 0.5% ', 0.005],
    [0.05, 0.05],
  ])('%j', (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  test.each(['0', '50%', '0.5', '-1%', '5 %', '1e-3', 'x', '', '%', 0, 0.5, Number.NaN, true, null, [0.1]])(
    '%j is refused',
    (value) => {
      expect(read(value)).toMatch(/^--x: got .*, expected some\.$/);
    },
  );
});
