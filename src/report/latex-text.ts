/** Text as text in LaTeX: what a name may hold is never a command, a comment, a cell's end or a ligature. */

/** What TeX would take for more than the sign it is, and signs that its fonts have under a command. */
const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '`': '\\textasciigrave{}',
  '–': '--{}',
  '—': '---{}',
  '…': '\\ldots{}',
  '•': '\\textbullet{}',
  '†': '\\textdagger{}',
  '‡': '\\textdaggerdbl{}',
  '¶': '\\textparagraph{}',
  '©': '\\textcopyright{}',
  '®': '\\textregistered{}',
  '™': '\\texttrademark{}',
  '°': '\\textdegree{}',
  '€': '\\texteuro{}',
  '\u00a0': '~',
};

/** Signs of mathematics. */
const MATHEMATICS: Readonly<Record<string, string>> = {
  '∞': '\\infty',
  ₙ: '_n',
  '±': '\\pm',
  '×': '\\times',
  '÷': '\\div',
  '·': '\\cdot',
  '−': '-',
  '≤': '\\leq',
  '≥': '\\geq',
  '≠': '\\neq',
  '≈': '\\approx',
  '~': '\\sim',
  '∼': '\\sim',
  '→': '\\rightarrow',
  '←': '\\leftarrow',
  '√': '\\surd',
  '∑': '\\sum',
  '∂': '\\partial',
  '²': '^2',
  '³': '^3',
  '¹': '^1',
  '½': '\\frac12',
  '¼': '\\frac14',
  '¾': '\\frac34',
  µ: '\\mu',
};

const GREEK: readonly string[] = [
  ...[
    'α alpha',
    'β beta',
    'γ gamma',
    'δ delta',
    'ε varepsilon',
    'ϵ epsilon',
    'ζ zeta',
    'η eta',
    'θ theta',
    'ϑ vartheta',
  ],
  ...['ι iota', 'κ kappa', 'λ lambda', 'μ mu', 'ν nu', 'ξ xi', 'π pi', 'ρ rho', 'σ sigma', 'ς varsigma', 'τ tau'],
  ...['υ upsilon', 'φ varphi', 'ϕ phi', 'χ chi', 'ψ psi', 'ω omega', 'Γ Gamma', 'Δ Delta', 'Θ Theta', 'Λ Lambda'],
  ...['Ξ Xi', 'Π Pi', 'Σ Sigma', 'Υ Upsilon', 'Φ Phi', 'Ψ Psi', 'Ω Omega'],
];

/** Letters beyond ASCII that the T1 fonts have, by LaTeX's `t1enc.dfu`. */
const LETTERS =
  'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĂăĄąĆćČčĎďĐđĘęĚěĞğİıĹĺĽľŁłŃńŇňŊŋŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž¡£«»¿§‘’“”„‚‹›';

const WRITTEN: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SIGNS),
  ...Object.entries(MATHEMATICS).map(([sign, command]): [string, string] => [sign, `$${command}$`]),
  ...GREEK.map((pair): [string, string] => [pair.slice(0, 1), `$\\${pair.slice(2)}$`]),
  ...Array.from(LETTERS, (letter): [string, string] => [letter, letter]),
]);

/** Signs of which two in a row would be printed as another one: `--` as a dash. */
const JOINED: readonly string[] = ['-', ',', "'"];

/** At the head of a row these would be options of the end of the row above. */
const OPTIONS = /^[[*]/;

/** The signs beyond ASCII that are printed as they are. */
export const PRINTED: readonly string[] = [...WRITTEN.keys()].filter((sign) => sign > '\u007f');

/** Letters above which a line may break inside a word: after these signs of a path, and after so many letters in a row. */
const LONG_WORD = 18;
const BREAKING = /[-/_.:=&?@]/;
const STRETCH = 16;

/** A sign as LaTeX, before the one that follows it. */
function written(sign: string, next: string | undefined): string {
  if (JOINED.includes(sign) && next && (WRITTEN.get(next) ?? next).startsWith(sign)) return `${sign}{}`;
  return WRITTEN.get(sign) ?? (sign > '~' ? '?' : sign);
}

/**
 * Text for the body of a LaTeX document with the T1 fonts. Control characters become spaces, what pdflatex cannot print
 * becomes `?`; a line may break inside a long word.
 */
export function tex(text: string): string {
  const words = text
    .normalize('NFC')
    .replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ')
    .trim()
    .split(/ +/);
  const lines = words.map((word) => {
    const letters = Array.from(word);
    const signs = letters.map((sign, i) => written(sign, letters[i + 1]));
    if (signs.length <= LONG_WORD) return signs.join('');
    let since = 0;
    return signs
      .map((sign, i) => {
        since++;
        if (i === signs.length - 1 || !(BREAKING.test(letters[i]!) || since >= STRETCH)) return sign;
        since = 0;
        return `${sign}\\allowbreak{}`;
      })
      .join('');
  });
  return lines.join(' ').replace(OPTIONS, (sign) => `{${sign}}`);
}

/** A text of numbers: its hyphens before digits are minus signs, and the ends of an interval are set apart by a comma. */
export const texNumbers = (text: string): string =>
  tex(text.replace(/(?<![\p{L}\d])-(?=\d)/gu, '−').replaceAll(' … ', ', '));

/** Lines of at most `most` letters, broken at spaces and hyphens where there are any, for the head of a narrow column. */
export function texHead(text: string, most: number, lines = 4): string {
  const parts = text.match(/[^\s_-]*[\s_-]|[^\s_-]+/g) ?? [''];
  const pieces = parts.flatMap((part) => {
    const letters = Array.from(part);
    return Array.from({ length: Math.ceil(letters.length / most) }, (_, i) =>
      letters.slice(i * most, (i + 1) * most).join(''),
    );
  });
  const rows: string[] = [];
  for (const piece of pieces) {
    const last = rows.at(-1);
    if (last !== undefined && Array.from(last + piece.trimEnd()).length <= most) rows[rows.length - 1] = last + piece;
    else rows.push(piece);
  }
  const shown = rows.length > lines ? [...rows.slice(0, lines - 1), `${rows[lines - 1]}…`] : rows;
  return shown.length < 2
    ? tex((shown[0] ?? '').trim())
    : `\\shortstack[r]{${shown.map((line) => tex(line.trim())).join('\\\\')}}`;
}
