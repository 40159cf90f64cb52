import type { Panel } from './plot-draw.js';
import { tenth } from './plot-draw.js';
import { type Colour, STYLE } from './plot-style.js';
import { widest, widthOf, wrapped } from './plot-text.js';
import { xml } from './svg.js';

/** A line of the legend's: what a mark stands for. */
export interface LegendItem {
  readonly colour: Colour;
  readonly mark: 'dot' | 'hollow' | 'ring' | 'line' | 'band' | 'cross';
  readonly dash?: string | undefined;
  /** Of a dot; a circle where it is not given. */
  readonly symbol?: 'circle' | 'square' | 'triangle' | 'diamond' | 'star';
  readonly text: string;
}

export interface Framed {
  /** Its file: ids are made of its name, so that several plots may stand in one page. */
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly (Panel & { readonly x: number; readonly y: number; readonly head?: string })[];
  readonly legend?: readonly LegendItem[];
  readonly notes?: readonly string[];
  /** Where the legend and the notes begin. */
  readonly left?: number;
}

const EDGE = 16;
const TITLE = 16;
const SMALL = 12;
const LINE = 18;

/** As Plot draws them, about (0, 0). */
const SYMBOLS = {
  square: 'M-3.5,-3.5h7v7h-7z',
  triangle: 'M0,-4.5L4,2.8H-4z',
  diamond: 'M0,-5L3.5,0L0,5L-3.5,0z',
  star: 'M0,-5L1.2,-1.6H4.8L1.9,.6L3,4.1L0,2L-3,4.1L-1.9,.6L-4.8,-1.6H-1.2z',
} as const;

function sample({ mark, dash, symbol = 'circle' }: LegendItem, x: number, y: number): string {
  const [cx, cy] = [tenth(x + 8), tenth(y - 4)];
  const dashed = dash ? ` stroke-dasharray="${dash}"` : '';
  switch (mark) {
    case 'line':
      return `<path class="line" stroke-width="2"${dashed} d="M${tenth(x)},${cy}h16"/>`;
    case 'band':
      return `<rect class="band" x="${tenth(x)}" y="${tenth(y - 10)}" width="16" height="12"/>`;
    case 'cross':
      return `<path class="line" stroke-width="2" d="M${tenth(x + 4)},${tenth(y - 8)}l8,8m0,-8l-8,8"/>`;
    case 'ring':
      return `<circle class="ring" stroke-width="1.5" cx="${cx}" cy="${cy}" r="6"/>`;
    default:
      if (symbol !== 'circle')
        return `<path class="${mark}" transform="translate(${cx},${cy})" d="${SYMBOLS[symbol]}"/>`;
      return `<circle class="${mark}" stroke-width="2" cx="${cx}" cy="${cy}" r="4"/>`;
  }
}

/** The legend's items beside each other, on as many lines as they need. */
function legendLines(items: readonly LegendItem[], left: number, right: number, top: number) {
  const out: string[] = [];
  let [x, y] = [left, top];
  for (const item of items) {
    const width = 22 + widthOf(item.text, SMALL) + 16;
    if (x > left && x + width - 16 > right) [x, y] = [left, y + LINE];
    out.push(
      `<g class="${item.colour}">${sample(item, x, y)}</g>`,
      `<text class="small" x="${tenth(x + 22)}" y="${tenth(y)}">${xml(item.text)}</text>`,
    );
    x += width;
  }
  return { out, bottom: items.length ? y + LINE + 4 : top };
}

/** A whole picture: title, panels, legend and notes; a self-contained SVG without scripts, nothing loaded. */
export function framed({ file, title, description, panels, legend = [], notes = [], left = EDGE }: Framed): string {
  const id = file.replace(/\.svg$/, '').replace(/[^\w-]/g, '-');
  const inner = Math.max(360, ...panels.map(({ x, width }) => x + width));
  const titles = wrapped(title, inner - 2 * EDGE, TITLE + 1);
  const top = 16 + 22 * titles.length;
  const bottom = top + Math.max(0, ...panels.map(({ y, height }) => y + height));
  const within = inner - EDGE;
  const legends = legendLines(legend, left, within, bottom + 20);
  const lines = notes.flatMap((note) => wrapped(note, within - left, SMALL));
  const wide = Math.ceil(Math.max(inner, EDGE + widest(titles, TITLE + 1) + EDGE));
  const height = Math.ceil((legend.length ? legends.bottom : bottom + 20) + LINE * lines.length);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="fidsweep-plot" role="img" aria-labelledby="${id}-title ${id}-desc" width="${wide}" height="${height}" viewBox="0 0 ${wide} ${height}">`,
    `<title id="${id}-title">${xml(title)}</title>`,
    `<desc id="${id}-desc">${xml(description)}</desc>`,
    `<style>${STYLE}</style>`,
    '<rect class="page" width="100%" height="100%"/>',
    ...titles.map((line, i) => `<text class="title" x="${EDGE}" y="${28 + 22 * i}">${xml(line)}</text>`),
    ...panels.map(
      ({ x, y, elements, head }) =>
        `${head ? `<text class="bold" x="${tenth(x + EDGE)}" y="${tenth(top + y - 6)}">${xml(head)}</text>\n` : ''}<g text-anchor="middle" transform="translate(${tenth(x)},${tenth(top + y)})">\n${elements.replaceAll('<g', '\n<g').trim()}\n</g>`,
    ),
    ...legends.out,
    ...lines.map(
      (line, i) =>
        `<text class="soft name small" x="${tenth(left)}" y="${tenth(legends.bottom + LINE * i)}">${xml(line)}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}
