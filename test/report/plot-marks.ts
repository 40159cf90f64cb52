import { parseHTML } from 'linkedom';
import sharp from 'sharp';
import { expect } from 'vitest';
import type { Results } from '../../src/report/results.js';
import { RESULTS } from './made-up.js';

/** What tests read off an SVG. */

export const parsed = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document;

const numbers = (text: string | null | undefined): number[] => (text?.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

/** Places of the circles and symbols of a mark, and what is said when they are pointed at. */
export const dotsOf = (svg: string, selector: string) =>
  [...parsed(svg).querySelectorAll(`g${selector} > *`)].map((dot) => {
    const [x, y] = dot.hasAttribute('cx')
      ? [Number(dot.getAttribute('cx')), Number(dot.getAttribute('cy'))]
      : numbers(dot.getAttribute('transform'));
    return { x: x!, y: y!, r: Number(dot.getAttribute('r')), hover: dot.querySelector('title')?.textContent ?? '' };
  });

/** Texts of a mark, with their places. */
export const textsOf = (svg: string, selector: string) =>
  [...parsed(svg).querySelectorAll(`g${selector} > text`)].map((text) => {
    const [x, y] = numbers(text.getAttribute('transform'));
    return { x: x!, y: y!, text: text.textContent! };
  });

/** Lines of a mark: [x1, y1, x2, y2]. */
export const linesOf = (svg: string, selector: string): number[][] =>
  [...parsed(svg).querySelectorAll(`g${selector} > line`)].map((line) =>
    ['x1', 'y1', 'x2', 'y2'].map((name) => Number(line.getAttribute(name))),
  );

/** Places along a path of straight lines. */
export const pathsOf = (svg: string, selector: string): [number, number][][] =>
  [...parsed(svg).querySelectorAll(`g${selector} > path`)].map((path) => {
    const all = numbers(path.getAttribute('d'));
    return all.flatMap((x, i): [number, number][] => (i % 2 ? [] : [[x, all[i + 1]!]]));
  });

/** That a plot is XML that the parser of librsvg takes, names its parts once, and loads and runs nothing. */
export async function expectSound(svg: string): Promise<void> {
  expect((await sharp(Buffer.from(svg)).metadata()).format).toBe('svg');
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
    /<script|href|url\(|https?:|@import|<image|<foreign|\son\w+="|NaN|Infinity|undefined/i,
  );
  const document = parsed(svg);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = document.querySelector('svg')!.getAttribute('aria-labelledby')!.split(' ');
  expect(named.map((id) => document.querySelector(`[id="${id}"]`)?.textContent)).toEqual([
    expect.stringMatching(/\S/),
    expect.stringMatching(/\S/),
  ]);
  // A tenth of a pixel is enough for anybody.
  const places = svg.matchAll(/ (?:d|c?[xy][12]?|r|width|height|transform|viewBox)="([^"]*)"/g);
  for (const [, place] of places) if (!place!.endsWith('em')) expect(place).not.toMatch(/\d\.\d\d/);
}

/** The made-up run, its looks saying how settings stood: FIDₙ falls with its bias. */
export const RACED: Results = {
  ...RESULTS,
  columns: RESULTS.columns.map((column) => {
    if (!column.race) return column;
    const looks = column.race.looks.map((look) => ({
      ...look,
      standings: look.alive.map((setting, i) => {
        const fid = 3.3 + 0.3 * i + 200 / look.images;
        const interval = [fid - 16 / look.images ** 0.5 / 4, fid + 16 / look.images ** 0.5 / 4] as const;
        return { setting, fid, standardError: 4 / look.images ** 0.5, interval };
      }),
    }));
    return { ...column, race: { ...column.race, looks } };
  }),
};
