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

test('the message of whatever was thrown', () => {
  expect(messageOf(new TypeError('odd'))).toBe('odd');
  expect(messageOf('text')).toBe('text');
  expect(messageOf(undefined)).toBe('undefined');
});
