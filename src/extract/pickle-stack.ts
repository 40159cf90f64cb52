import { UserError } from '../core/errors.js';

/** The stack of a pickle's machine: marks divide it, and nothing below the last mark can be touched. */
export interface PickleStack<V> {
  push(value: V): void;
  pop(): V;
  top(): V;
  /** The last `count` values, oldest first, which go. */
  take(count: number): V[];
  mark(): void;
  /** Everything since the last mark, oldest first, which goes with the mark. */
  sinceMark(): V[];
  /** The one value that is left when all is done. */
  result(): V;
}

/** Python writes the entries of a dict by the thousand, and the deepest mark of a state dict is the fifth. */
const MOST_VALUES = 2 ** 16;
const MOST_MARKS = 100;

export function pickleStack<V>(): PickleStack<V> {
  const values: V[] = [];
  const marks: number[] = [];
  const check = (count: number): void => {
    if (values.length - (marks.at(-1) ?? 0) < count) throw new UserError('it takes more from its stack than is there');
  };
  return {
    push(value) {
      if (values.length >= MOST_VALUES) throw new UserError(`more than ${MOST_VALUES} values on its stack`);
      values.push(value);
    },
    pop() {
      check(1);
      return values.pop() as V;
    },
    top() {
      check(1);
      return values.at(-1) as V;
    },
    take(count) {
      check(count);
      return values.splice(values.length - count);
    },
    mark() {
      if (marks.length >= MOST_MARKS) throw new UserError(`nested more than ${MOST_MARKS} deep`);
      marks.push(values.length);
    },
    sinceMark() {
      const from = marks.pop();
      if (from === undefined) throw new UserError('it ends a run of values that it never began');
      return values.splice(from);
    },
    result() {
      if (values.length !== 1 || marks.length) throw new UserError('it stops amid unfinished values');
      return values[0] as V;
    },
  };
}
