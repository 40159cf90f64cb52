import CliTable from 'cli-table3';
import { plain } from '../core/plain.js';
import { counted, formatCount } from './numbers.js';

/** A program that was checked. */
interface Sorted {
  readonly id: string;
  readonly class: string;
  readonly why: string;
  readonly newer?: boolean;
  readonly ms?: number;
}

/** Programs of a class that are named. */
const NAMED = 3;

/** Letters of a reason. */
const LONG = 100;

/** What a program's reason looks like in one line of a terminal. */
function reason({ id, why }: Sorted): string {
  const own = why.startsWith(`${id}:`) ? why.slice(id.length) : why && `: ${why}`;
  const line = plain(`${id}${own}`.replace(/\s+/g, ' '));
  return line.length > LONG ? `${line.slice(0, LONG - 1)}…` : line;
}

const middle = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Checked programs by class, for a terminal: how many, and the first few with what is wrong.
 *
 * @param classes in the order in which they are shown; those without programs are left out
 */
export function renderCheck(
  programs: readonly Sorted[],
  {
    classes,
    drawn,
    unchecked,
  }: {
    readonly classes: readonly string[];
    /** Programs drawn this time. */
    readonly drawn: number;
    /** Programs that were not reached. */
    readonly unchecked: number;
  },
): string {
  const table = new CliTable({
    head: ['Class', 'Programs', 'Such as'],
    colAligns: ['left', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const name of classes) {
    const members = programs.filter((program) => program.class === name);
    if (!members.length) continue;
    const named = members.slice(0, NAMED).map(reason);
    if (members.length > NAMED) named.push(`and ${formatCount(members.length - NAMED)} more`);
    table.push([
      name,
      formatCount(members.length),
      members.every(({ why }) => !why) ? named.join(', ') : named.join('\n'),
    ]);
  }
  const ms = middle(programs.flatMap((program) => program.ms ?? []));
  const newer = programs.filter((program) => program.newer).length;
  const sentences = [
    `${counted(programs.length, 'program')} checked, ${formatCount(drawn)} of them drawn this time.`,
    ...(ms === undefined ? [] : [`The device takes ${ms.toPrecision(3)} ms a picture (median).`]),
    ...(newer ? [`${counted(newer, 'program')} compiled only when rewritten to GLSL ES 3.00.`] : []),
    ...(unchecked ? [`Not reached: ${counted(unchecked, 'program')}. The same command goes on.`] : []),
  ];
  return `${table.toString()}\n${sentences.join(' ')}`;
}
