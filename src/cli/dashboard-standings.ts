import { standingOf } from '../live-state.js';
import type { Shown } from '../report/dashboard.js';
import type { LiveRun, RunStanding } from '../report/dashboard-run.js';

/** Milliseconds for which it is known who works on the runs: a page a second, not every listener, asks for it. */
const KNOWN = 500;

/** Milliseconds after which a stop may be asked for again, and the sweep is seen not to stop where it makes more images. */
const STOPPING = 10_000;

/** A run and its place, by which it is asked for: of one folder it stays the same. */
export interface PlacedRun {
  readonly place: number;
  readonly run: LiveRun;
}

/** Who was asked to stop, when that still stood in the folder, and the images that there were just after. */
interface Asked {
  readonly holder: string;
  /** Epoch, milliseconds. */
  readonly at: number;
  readonly images: number;
}

/** How runs stand, with what their folders do not say: who was asked to stop, and when each was last at rest. */
export class Standings {
  readonly #runs: () => readonly PlacedRun[];
  /** By the folder. */
  readonly #stopped = new Map<string, Asked>();
  /** When a run was last seen not to go on, by the folder (epoch, milliseconds). */
  readonly #rested = new Map<string, number>();
  #all: readonly Shown[] = [];
  /** When that was known. */
  #at = Number.NEGATIVE_INFINITY;

  /** @param runs the runs there are now */
  constructor(runs: () => readonly PlacedRun[]) {
    this.#runs = runs;
  }

  /** The runs, and how they stand: looked at once for all that want to know it at this time. */
  get all(): readonly Shown[] {
    if (performance.now() - this.#at >= KNOWN) this.look();
    return this.#all;
  }

  /** Looks anew: also where nobody wants to know it, so that a pause is seen. */
  look(): void {
    this.#all = this.#runs().map(({ run, place }) => ({ run, place, standing: this.#standing(run) }));
    this.#at = performance.now();
  }

  askedToStop({ folder, progress }: LiveRun, holder: string): void {
    this.#stopped.set(folder, { holder, at: Date.now(), images: progress?.images ?? 0 });
  }

  #standing(run: LiveRun): RunStanding {
    const standing = standingOf(run);
    const { state, holder } = standing;
    const now = Date.now();
    const goes = state === 'running' || state === 'scoring';
    // Once it is heard, nothing in the folder says that it was asked for; nor where somebody took it back.
    const asked = this.#stopped.get(run.folder);
    if (asked && holder !== undefined && asked.holder === holder) {
      const images = run.progress?.images ?? 0;
      const lately = state === 'stopping' || now - asked.at < STOPPING;
      if (lately) this.#stopped.set(run.folder, { holder, at: goes ? asked.at : now, images });
      if (goes && lately) return { state: 'stopping', holder };
      if (goes && images === asked.images) return { state: 'stopping', holder, again: true };
    }
    if (goes) this.#stopped.delete(run.folder);
    if (!goes) this.#rested.set(run.folder, now);
    const since = Math.max(standing.since ?? 0, this.#rested.get(run.folder) ?? 0);
    return goes && since ? { ...standing, since } : standing;
  }
}
