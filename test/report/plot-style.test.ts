import { expect, test } from 'vitest';
import { PALETTES, STYLE } from '../../src/report/plot-style.js';

/** Contrast by WCAG 2.1: relative luminances, the lighter to the darker. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((i) => {
      const c = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test('contrast is as WCAG has it', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test.each(Object.entries(PALETTES))('%s text can be read in every colour', (_, { page, grid: _grid, ...inks }) => {
  for (const [name, colour] of Object.entries(inks))
    expect([name, contrast(colour, page) >= 4.5]).toEqual([name, true]);
});

test('every colour is there for those that know no custom properties, and in each of both looks', () => {
  for (const name of Object.keys(PALETTES.light)) {
    expect(STYLE.split(`--fidsweep-${name}:`).length - 1).toBe(4);
    expect(STYLE).toMatch(new RegExp(`:#[0-9a-f]{6};[a-z-]+:var\\(--fidsweep-${name}\\)`));
  }
});
