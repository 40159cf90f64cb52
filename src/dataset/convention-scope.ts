import type { Tokens } from './convention-tokens.js';

/** A branch of a condition of the preprocessor. */
export interface Branch {
  /** The one that the condition stands in. */
  readonly around: Branch | undefined;
}

/** Where each token of a text stands. */
export interface Scopes {
  /** Open brackets of any kind before it: 0 between globals. NaN behind some that only one branch opens or closes. */
  readonly depths: readonly number[];
  readonly branches: readonly (Branch | undefined)[];
}

interface Condition {
  readonly around: Branch | undefined;
  readonly before: number;
  /** Depths at the ends of its branches. */
  readonly ends: number[];
  hasElse: boolean;
}

/** Conditions inside more than this are taken for no branches of their own: nobody writes them. */
const DEEPEST = 64;

/** Depths and branches of a text: all branches of a condition begin at one depth, and are one text where all end at one. */
export function scopesOf(tokens: Tokens): Scopes {
  const depths: number[] = [];
  const branches: (Branch | undefined)[] = [];
  const conditions: Condition[] = [];
  let depth = 0;
  let branch: Branch | undefined;
  const inside = (around: Branch | undefined) => (conditions.length > DEEPEST ? around : { around });
  for (const token of tokens) {
    depths.push(depth);
    branches.push(branch);
    const [, directive] = /^#[ \t]*(if|elif|else|endif)/.exec(token) ?? [];
    const condition = conditions.at(-1);
    if (directive === 'if') {
      conditions.push({ around: branch, before: depth, ends: [], hasElse: false });
      branch = inside(branch);
    } else if (directive !== undefined && condition) {
      condition.ends.push(depth);
      if (directive === 'endif') {
        conditions.pop();
        branch = condition.around;
        const ends = condition.hasElse ? condition.ends : [...condition.ends, condition.before];
        if (ends.some((end) => end !== depth)) depth = Number.NaN;
      } else {
        condition.hasElse ||= directive === 'else';
        branch = inside(condition.around);
        depth = condition.before;
      }
    } else if (token === '(' || token === '[' || token === '{') depth++;
    else if (token === ')' || token === ']' || token === '}') depth = depth > 0 ? depth - 1 : Number.NaN;
  }
  return { depths, branches };
}
