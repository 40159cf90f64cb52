import { folded } from './correlate-csv.js';
import { mixes, parseMethod, parseSetting, settingKey } from './mix/setting.js';
import { describeSetting, nameOf } from './report/setting-name.js';

/** How settings are called in files: by key, by printed name, or by method and N. */

/** A name of a setting as it can be looked up. Two files that call a setting by the same way have a name in common. */
export interface SettingNames {
  /** As it is printed. */
  readonly setting: string;
  readonly method: string;
  /** All that it may be looked up by. */
  readonly names: readonly string[];
}

const printed = (key: string): Pick<SettingNames, 'setting' | 'method'> => ({
  setting: nameOf(key),
  method: describeSetting(key).label,
});

/** Names of a setting by its key. */
export function namesOfKey(key: string): SettingNames {
  const { label, n, name } = describeSetting(key);
  return { ...printed(key), names: [`key ${key}`, `name ${folded(name)}`, `label ${folded(label)} ${n}`] };
}

/** The key that a text is, where it is one: in any case, defaults filled in. */
function keyOf(text: string): string | undefined {
  try {
    return settingKey(parseSetting(text.toLowerCase()));
  } catch {
    return undefined;
  }
}

/** The key of a method's name and N, where it is a method. */
function keyOfMethod(method: string, n: string): string | undefined {
  const [head = '', options] = method.toLowerCase().split('?', 2);
  try {
    const known = parseMethod(head);
    if (!mixes(known) && n !== '' && n !== '1') return undefined;
    return keyOf(`${known}${mixes(known) ? `:${n}` : ''}${options === undefined ? '' : `?${options}`}`);
  } catch {
    return undefined;
  }
}

/** Names by a column `setting`: `mixup:6`, `MixUp 6`, or `6-MixUp` as the paper has it. */
export function namesOfText(text: string): SettingNames {
  const [before, after] = endingInNumber(text.trim());
  const [, count, method] = /^(\d+)-(.+)$/.exec(text.trim()) ?? [];
  const key =
    keyOf(text.trim()) ??
    (before !== undefined ? keyOfMethod(before, after!) : undefined) ??
    (method !== undefined ? keyOfMethod(method, count!) : undefined);
  return {
    ...(key === undefined ? { setting: text, method: before ?? text } : printed(key)),
    // A key is all names of its setting: those of a method with options are not made of what methods accept.
    names: [...(key === undefined ? [] : namesOfKey(key).names), `name ${folded(text)}`],
  };
}

/** `MixUp 6` and `MixUp-6` as MixUp and 6; nothing where no number ends the text, or it is nothing else. */
function endingInNumber(text: string): [string, string] | [] {
  let from = text.length;
  while (from > 0 && /\d/.test(text[from - 1]!)) from--;
  const before = text.slice(0, from).replace(/[ -]$/, '').trim();
  return before === '' || from === text.length || /^\d/.test(before) ? [] : [before, text.slice(from)];
}

/** Names by columns `method` and `n`: `MixUp` and 6, or `MixUp (weights=equal)` and 4. */
export function namesOfMethod(method: string, n: string): SettingNames {
  const key = keyOfMethod(method.trim(), n);
  const name = `${method}${n === '' || n === '1' ? '' : ` ${n}`}`;
  return {
    ...(key === undefined ? { setting: name, method } : printed(key)),
    names: [
      ...(key === undefined ? [] : [`key ${key}`]),
      `label ${folded(method)} ${n === '' ? '1' : n}`,
      `name ${folded(name)}`,
    ],
  };
}
