/**
 * Colours of all plots, after Okabe and Ito's palette, which the colour-blind tell apart; darkened or lightened so that text in
 * each is at least 4.5:1 against the page (WCAG 2.1, 1.4.3). Lines are told apart by symbols and dashes too.
 */
export const PALETTES = {
  light: {
    page: '#ffffff',
    grid: '#d1d9e0',
    ink: '#1f2328',
    soft: '#59636e',
    tied: '#0969da',
    rest: '#6e7781',
    c0: '#0969da',
    c1: '#b34700',
    c2: '#00735a',
    c3: '#a83f7f',
    c4: '#7a5c00',
    c5: '#1b7c9c',
    c6: '#1f2328',
  },
  dark: {
    page: '#0d1117',
    grid: '#30363d',
    ink: '#f0f6fc',
    soft: '#9198a1',
    tied: '#58a6ff',
    rest: '#8b949e',
    c0: '#58a6ff',
    c1: '#f0883e',
    c2: '#2fbf97',
    c3: '#e79bc6',
    c4: '#e3b341',
    c5: '#76d0ee',
    c6: '#f0f6fc',
  },
} as const;

/** A colour by its part: of the ranking (`tied` with the leader, `ink`, `rest`), or `c0` … `c6` of lines. */
export type Colour = 'ink' | 'soft' | 'tied' | 'rest' | `c${0 | 1 | 2 | 3 | 4 | 5 | 6}`;

export const SERIES = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const satisfies readonly Colour[];

const SCOPE = '.fidsweep-plot';

const variables = (palette: Readonly<Record<string, string>>): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--fidsweep-${name}:${colour}`)
    .join(';');

/** A declaration for those that know no custom properties first. */
const coloured = (property: string, name: keyof typeof PALETTES.light): string =>
  `${property}:${PALETTES.light[name]};${property}:var(--fidsweep-${name})`;

const inks = (['ink', 'soft', 'tied', 'rest', ...SERIES] as const)
  .map((name) => `${SCOPE} .${name}{${coloured('color', name)}}`)
  .join('\n');

/**
 * The looks of every plot, the same in each, so that several may stand in one page: all rules are of `.fidsweep-plot`. Dark where the
 * reader's system is, or where the page says `data-theme`; light on paper.
 */
export const STYLE = `
${SCOPE}{max-width:100%;height:auto;font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;${coloured('color', 'ink')};fill:currentColor;stroke-linejoin:round;${variables(PALETTES.light)}}
@media screen and (prefers-color-scheme:dark){${SCOPE}{${variables(PALETTES.dark)}}}
@media screen{:root[data-theme=light] ${SCOPE}{${variables(PALETTES.light)}}
:root[data-theme=dark] ${SCOPE}{${variables(PALETTES.dark)}}}
${inks}
${SCOPE} .page{${coloured('fill', 'page')}}
${SCOPE} .grid{${coloured('stroke', 'grid')};stroke-opacity:1}
${SCOPE} .title{font-size:16px;font-weight:600}
${SCOPE} .small{font-size:12px}
${SCOPE} .bold{font-weight:700}
${SCOPE} .dot{fill:currentColor;stroke:currentColor}
${SCOPE} .hollow{${coloured('fill', 'page')};stroke:currentColor}
${SCOPE} .ring,${SCOPE} .line{fill:none;stroke:currentColor}
${SCOPE} .band{fill:currentColor;fill-opacity:.14;stroke:none}
${SCOPE} .soft.band{fill-opacity:.08}
${SCOPE} .edged{${coloured('stroke', 'page')}}
${SCOPE} .name{fill:currentColor}
${SCOPE} .halo{${coloured('stroke', 'page')};stroke-width:4px;paint-order:stroke;fill:currentColor}
`;
