import { expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { placeLabels, spread } from '../../src/report/plot-labels.js';
import { widthOf, wrapped } from '../../src/report/plot-text.js';

test('labels that are apart stay, others move as little as can be', () => {
  expect(spread([10, 50, 90], 15, [0, 100])).toEqual([10, 50, 90]);
  // Two at one place move by half the gap each; three keep their mean.
  expect(spread([50, 50], 10, [0, 100])).toEqual([45, 55]);
  expect(spread([52, 50, 48], 10, [0, 100])).toEqual([60, 50, 40]);
  expect(spread([2, 3], 10, [0, 100])).toEqual([0, 10]);
  expect(spread([99, 98], 10, [0, 100])).toEqual([100, 90]);
  expect(spread([], 10, [0, 100])).toEqual([]);
});

test('labels keep order and distance within their room, and more than fit share it', () => {
  for (let run = 0; run < 100; run++) {
    const draw = draws(5, STREAM.check, run);
    const places = Array.from({ length: 1 + Math.floor(30 * draw()) }, () => 300 * draw());
    const out = spread(places, 15, [0, 300]);
    const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
    const gap = Math.min(15, 300 / Math.max(1, places.length - 1));
    expect(Math.min(...out)).toBeGreaterThanOrEqual(-1e-9);
    expect(Math.max(...out)).toBeLessThanOrEqual(300 + 1e-9);
    for (const [k, i] of order.slice(1).entries()) expect(out[i]! - out[order[k]!]!).toBeGreaterThan(gap - 1e-9);
  }
});

test('labels beside dots cover no dot and no other label', () => {
  const draw = draws(6, STREAM.check, 0);
  const dots = Array.from({ length: 40 }, (_, i) => ({ x: 600 * draw(), y: 400 * draw(), r: 4, text: `Setting ${i}` }));
  const frame = { left: 0, right: 600, top: 0, bottom: 400 };
  const boxes = placeLabels(dots, frame).flatMap((place, i) => {
    if (!place) return [];
    const { x, y, text } = dots[i]!;
    const width = widthOf(text, 12);
    const left = x + place.dx - { start: 0, middle: width / 2, end: width }[place.anchor];
    return [{ i, left, right: left + width, top: y + place.dy - 6, bottom: y + place.dy + 6 }];
  });
  expect(boxes.length).toBeGreaterThan(25);
  for (const a of boxes) {
    expect(a.left >= 0 && a.right <= 600 && a.top >= 0 && a.bottom <= 400).toBe(true);
    for (const b of boxes)
      if (a !== b) expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
    for (const [j, { x, y }] of dots.entries())
      if (j !== a.i) expect(x > a.left && x < a.right && y > a.top && y < a.bottom).toBe(false);
  }
  // The first is served first, and one alone stands to the right.
  expect(placeLabels([{ x: 5, y: 9, r: 4, text: 'a' }], frame)).toEqual([{ dx: 7, dy: 0, anchor: 'start' }]);
  expect(placeLabels([{ x: 5, y: 9, r: 4, text: '' }], frame)).toEqual([undefined]);
});

test('text is broken between words, and within those that are too long', () => {
  expect(wrapped('one two three', 60)).toEqual(['one two', 'three']);
  for (const line of wrapped(`${'x'.repeat(300)} ${'画'.repeat(40)} end`, 200))
    expect(widthOf(line)).toBeLessThanOrEqual(200);
  expect(
    wrapped(`${'x'.repeat(300)} end`, 200)
      .join('')
      .replaceAll(' ', ''),
  ).toBe(`${'x'.repeat(300)}end`);
});
