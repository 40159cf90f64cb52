import { colourOf } from './grammar-colour.js';
import type { Part, Writer } from './grammar-writer.js';

/** Changes the variable `color` by one line, at `p`. */
type Finish = (w: Writer) => void;

const touch =
  (call: (w: Writer) => string): Finish =>
  (w) => {
    w.include('finish');
    w.line(`color = ${call(w)};`);
  };

export const FINISHES: readonly Part<Finish>[] = [
  { name: 'a vignette', weight: 1.5, write: touch((w) => `vignette(color, p, ${w.number(0.3, 0.8)})`) },
  { name: 'grain', weight: 1.2, write: touch((w) => `grained(color, p, ${w.number(0.05, 0.16)})`) },
  { name: 'muted colours', weight: 2, write: touch((w) => `muted(color, ${w.gene(0.2, 0.8)})`) },
  { name: 'contrast', weight: 1.2, write: touch((w) => `contrast(color, ${w.number(0.4, 1)})`) },
  {
    name: 'light from one side',
    weight: 2,
    write: touch((w) => `sidelight(color, p, ${w.gene(0, 6.28)}, ${w.number(0.2, 0.5)})`),
  },
  { name: 'lifted shadows', weight: 2.5, write: touch((w) => `lifted(color, ${w.gene(0.5, 0.9)})`) },
  { name: 'paper', weight: 0.8, write: touch(() => 'paper(color, p)') },
  { name: 'blotches', weight: 1.6, write: touch((w) => `blotched(color, p + ${w.gene(0, 9)})`) },
  { name: 'posterised', weight: 0.4, write: touch((w) => `posterised(color, ${w.whole(3, 6)}.0)`) },
  { name: 'printed in dots', weight: 0.3, write: touch((w) => `printed(color, p, ${w.number(14, 34)})`) },
  { name: 'hatched', weight: 0.3, write: touch((w) => `hatched(color, p, ${w.number(16, 34)})`) },
  { name: 'scan lines', weight: 0.2, write: touch((w) => `scanned(color, p, ${w.number(90, 220)})`) },
  {
    name: 'drifting haze',
    weight: 0.9,
    write: touch((w) => `hazy(color, ${colourOf(w, [0.02, 0.2], [0.5, 0.95])}, p, ${w.number(0.3, 0.8)})`),
  },
  {
    name: 'toned',
    weight: 0.4,
    write: touch(
      (w) => `toned(color, ${colourOf(w, [0.3, 0.8], [0.03, 0.25])}, ${colourOf(w, [0.05, 0.3], [0.8, 1])})`,
    ),
  },
];
