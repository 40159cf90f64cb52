import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** What Plot drew, to be put into a frame: the elements as text, and their size in pixels. */
export interface Panel {
  readonly elements: string;
  readonly width: number;
  readonly height: number;
}

/** From values to pixels. */
export interface Places {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** And back, also beyond the axes. */
  readonly xOf: (pixels: number) => number;
  readonly yOf: (pixels: number) => number;
}

/** A size of all four margins, and of the whole. */
export interface Extent {
  readonly width: number;
  readonly height: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly marginTop: number;
  readonly marginBottom: number;
}

const POSITIONS = ['d', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height', 'transform'];
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\d.]|em)/g;

/** To a tenth of a pixel: what differs less is the same picture. */
export const tenth = (value: number): string => String(Math.round(10 * value) / 10 + 0);

/** What parts of Plot's axes are in our style. */
const AXES: readonly (readonly [RegExp, string])[] = [
  [/^[xy]-axis (tick )?label$/, 'soft name small'],
  [/^[xy]-axis tick$/, 'grid'],
  [/^[xy]-grid$/, 'grid'],
];

/** Coordinates of a tenth, classes of ours, and no labels that would be read aloud one by one: the frame has a description. */
function tidied(element: Element): void {
  for (const name of POSITIONS) {
    const value = element.getAttribute(name);
    if (value !== null)
      element.setAttribute(
        name,
        value.replace(NUMBER, (number) => tenth(Number(number))),
      );
  }
  const label = element.getAttribute('aria-label') ?? '';
  const ours = AXES.find(([pattern]) => pattern.test(label))?.[1] ?? element.getAttribute('class');
  // Plot takes one class a mark: ours are joined by `_`.
  if (ours) element.setAttribute('class', ours.replaceAll('_', ' '));
  for (const name of ['aria-label', 'aria-hidden', 'aria-description']) element.removeAttribute(name);
}

const placesOf = (plot: Plot.Plot): Places => {
  const to = (name: 'x' | 'y') => (value: number) => plot.scale(name)!.apply(value) as number;
  const back = (name: 'x' | 'y') => (pixels: number) => plot.scale(name)!.invert!(pixels) as number;
  return { x: to('x'), y: to('y'), xOf: back('x'), yOf: back('y') };
};

/**
 * Draws by Observable Plot over a document without a browser. `labels` gives the marks that need pixels to be placed: they are
 * drawn last, and domains must be given.
 */
export function drawn(options: Plot.PlotOptions & Extent, labels?: (places: Places) => Plot.Markish[]): Panel {
  const { document } = parseHTML('<html></html>');
  const once = (marks: Plot.Markish[]) =>
    Plot.plot({ ...options, className: 'plot', document: document as unknown as Document, marks });
  const marks = options.marks ?? [];
  const svg = once(labels ? [...marks, ...labels(placesOf(once([])))] : marks);
  svg.querySelector('style')?.remove();
  for (const element of svg.querySelectorAll('*')) tidied(element);
  return { elements: svg.innerHTML, width: options.width, height: options.height };
}

/** An axis' ends about all values, with a margin of 4%; of equal values, or none, 1 wide. */
export function domainOf(values: readonly number[], margin = 0.04): [number, number] {
  const from = values.length ? Math.min(...values) : 0;
  const to = values.length ? Math.max(...values) : 0;
  // Below this width neighbouring marks would be the same number in floating point.
  const flat = to - from <= 1e-9 * Math.max(1, Math.abs(from), Math.abs(to));
  const more = flat ? 0.5 : margin * (to - from);
  return [from - more, to + more];
}

/** What an axis of y is of, above it, from the page's edge. */
export const heading = (
  text: string,
  { marginLeft, marginTop }: Pick<Extent, 'marginLeft' | 'marginTop'>,
): Plot.Markish =>
  Plot.text([text], {
    frameAnchor: 'top-left',
    dx: 16 - marginLeft,
    dy: 4 - marginTop,
    textAnchor: 'start',
    className: 'soft_name_small_heading',
  });
