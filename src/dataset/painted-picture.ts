import { deadLeaves, type LeafShape } from './dead-leaves.js';
import { fractal } from './fractal.js';
import type { Paint } from './painted.js';

/** What a picture shows, as plain data: it goes from thread to thread. */
export type Subject =
  | { readonly kind: 'leaves'; readonly shape: LeafShape }
  | { readonly kind: 'fractal'; readonly category: number };

export const paintOf = (subject: Subject): Paint =>
  subject.kind === 'leaves' ? deadLeaves(subject.shape) : fractal(subject.category);
