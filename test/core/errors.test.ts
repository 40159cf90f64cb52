import { describe, expect, test } from 'vitest';
import { invalid, messageOf, oneOf, UserError } from '../../src/core/errors.js';

describe('the message of a parameter error', () => {
  test('says what was given, what was expected and what to do', () => {
    const error = invalid('--n', 'many', 'a whole number', 'See --help.');
    expect(error).toBeInstanceOf(UserError);
    expect(error.name).toBe('UserError');
    expect(error.message).toBe('--n: got "many", expected a whole number. See --help.');
    expect(invalid('--n', 'many', 'a whole number').message).toBe('--n: got "many", expected a whole number.');
  });

  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: 1 }, '{"a":1}'],
    ['', '""'],
  ])('shows %j as %s', (given, shown) => {
    expect(invalid('x', given, 'y').message).toBe(`x: got ${shown}, expected y.`);
  });

  test('cuts a long value short', () => {
    const { message } = invalid('x', 'a'.repeat(10_000), 'y');
    expect(message).toHaveLength('x: got , expected y.'.length + 201);
    expect(message).toContain('aaa…, expected y.');
  });
});

test('a list of allowed values', () => {
  expect(oneOf([])).toBe('');
  expect(oneOf(['a'])).toBe('a');
  expect(oneOf(['a', 'b'])).toBe('a or b');
  expect(oneOf(['a', 'b', 'c'])).toBe('a, b or c');
});

describe('"did you mean"', () => {
  const words = ['none', 'mixup', 'cutmix', 'cutmixup'];
  test.each([
    ['mixpu', oneOf(words), 'mixup'],
    ['mixpu', `names among ${oneOf(words)}, separated by commas`, 'mixup'],
    ['cutmx', `one that is here: ${oneOf(words)}`, 'cutmix'],
    ['nchw', oneOf(['"NCHW"', '"NHWC"']), 'NCHW'],
    ['bundeld', 'bundled', 'bundled'],
  ])('%s among %s: %s', (given, expected, near) => {
    expect(invalid('x', given, expected, 'Do it.').message).toBe(
      `x: got "${given}", expected ${expected}. Did you mean "${near}"? Do it.`,
    );
  });

  test.each([
    ['photograph', oneOf(words)],
    ['17', 'a whole number from 2 to 16'],
    ['2,4,17', 'whole numbers or ranges from 2 to 16, such as 2-9 or 2,4,6'],
    ['deadleaves:mixd', 'deadleaves:SHAPE, where SHAPE is circle or mixed'],
    [12, oneOf(['1', '13'])],
    [['mixpu'], oneOf(words)],
    ['', oneOf(words)],
  ])('no suggestion for %j, expected %s', (given, expected) => {
    expect(invalid('x', given, expected).message).not.toContain('Did you mean');
  });
});

test('the message of whatever was thrown', () => {
  expect(messageOf(new TypeError('odd'))).toBe('odd');
  expect(messageOf('text')).toBe('text');
  expect(messageOf(undefined)).toBe('undefined');
});
