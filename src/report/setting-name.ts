const LABELS: Readonly<Record<string, string>> = {
  none: 'None',
  mixup: 'MixUp',
  cutmix: 'CutMix',
  cutmixup: 'CutMixUp',
  truncation: 'Truncation',
};

/** A setting key's parts for people. */
export interface SettingName {
  readonly method: string;
  /** `MixUp (weights=equal)`: for where N has a place of its own. */
  readonly label: string;
  /** 1 for what mixes nothing. */
  readonly n: number;
  /** `MixUp 6 (weights=equal)`. */
  readonly name: string;
}

/** An option as the command line takes it; seconds are said to be seconds. */
const option = (text: string): string => (text.startsWith('time=') ? `${text} s` : text);

/**
 * A setting key's parts for people: `mixup:6?time=0.1-2&resolution=128` is MixUp 6 (time=0.1-2 s, resolution=128), and
 * `truncation?psi=0.7` is Truncation ψ = 0.7.
 */
export function describeSetting(key: string): SettingName {
  const [head = '', options] = key.split('?', 2);
  const [method = '', n] = head.split(':', 2);
  const given = options?.split('&') ?? [];
  const psi = given.find((text) => text.startsWith('psi='));
  const others = given.filter((text) => text !== psi).map(option);
  const known = `${LABELS[method] ?? method}${psi ? ` ψ = ${psi.slice(4)}` : ''}`;
  const rest = others.length ? ` (${others.join(', ')})` : '';
  return {
    method,
    label: `${known}${rest}`,
    n: n === undefined ? 1 : Number(n),
    name: `${known}${n === undefined ? '' : ` ${n}`}${rest}`,
  };
}

export const nameOf = (key: string): string => describeSetting(key).name;

/** `a, b and c`; of more than `most`, how many others there are. */
export function listed(names: readonly string[], most = 20): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} others`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
