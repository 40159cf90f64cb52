import type { LiveRun, LiveState, RunStanding } from './dashboard-run.js';
import { type Html, html } from './html-escape.js';
import { counted, formatCount, formatRate, formatShare } from './numbers.js';

/** A run with how it stands: what a page shows of it. */
export interface Shown {
  /** Its place among the runs, by which it is asked for. */
  readonly place: number;
  readonly run: LiveRun;
  readonly standing: RunStanding;
}

export const STATES: Readonly<Record<LiveState, string>> = {
  waiting: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  stopping: 'Stopping',
  scoring: 'Finishing',
  reading: 'Reading',
  finished: 'Finished',
  stopped: 'Stopped',
  unreadable: 'Unreadable',
};

const MEANINGS: Readonly<Record<LiveState, string>> = {
  waiting: 'There is no run in this folder yet. It is shown as soon as a sweep begins one.',
  running: 'A sweep is making images.',
  paused: 'It was asked to pause: it finishes what it has in hand and waits.',
  stopping: 'It was asked to stop: it scores the blocks that are complete, writes the report and ends.',
  scoring: 'All images are made: settings are compared and the report is written.',
  reading: 'Its folder has changed: it is being read.',
  finished: 'Everything is made.',
  stopped: 'No process works on it, and images are missing: “fidsweep resume” goes on with it.',
  unreadable: 'The folder cannot be read.',
};

/** That a run's state is a new one, for those who hear the page. */
export const announcement = ({ run, standing }: Shown): string => `${run.name}: ${STATES[standing.state]}`;

/** Seconds as people say them. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export interface Clock {
  /** Seconds of work so far. */
  readonly elapsed: number;
  /** Seconds to go at the rate there is; absent where nothing goes on, or no rate is known. */
  readonly left?: number;
}

/** Elapsed and left at a time (epoch, milliseconds). */
export function clockOf(
  { run: { progress }, standing: { state, since: began = 0 } }: Shown,
  now: number,
): Clock | undefined {
  if (!progress) return undefined;
  const { seconds, at, rate, images, asked } = progress;
  if (state !== 'running') return { elapsed: seconds };
  // Neither a pause nor the time between two processes is work.
  const since = Math.max(0, (now - Math.max(at, began)) / 1000);
  const missing = asked - images;
  return { elapsed: seconds + since, ...(rate && missing > 0 && { left: Math.max(0, missing / rate - since) }) };
}

/** How far a run is, as a bar with its numbers. */
export function bar({ run: { name, progress } }: Shown): Html {
  if (!progress) return html``;
  const { images, asked, atMost } = progress;
  const share = asked > 0 ? images / asked : 0;
  // Not all of it while something is missing.
  const percent = share < 1 ? formatShare(Math.min(share, 0.99)) : '100%';
  return html`<div class="bar"><progress max="${asked}" value="${images}" aria-label="Images of ${name}"></progress> <span>${formatCount(images)} of ${atMost ? 'at most ' : ''}${counted(asked, 'image')} (${percent})</span></div>`;
}

const fact = (name: string, value: string | undefined): Html =>
  value === undefined ? html`` : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** How far each data set is. */
function columnLines({ columns, record }: LiveRun): Html {
  const settings = record!.settings.length;
  const lines = columns.map(({ dataset, left, ended }) => {
    if (record!.strategy.kind !== 'race') return undefined;
    return html`<li><strong>${dataset}</strong>: ${ended ? `the race has ended: ${ended}` : `${formatCount(left)} of ${counted(settings, 'setting')} left in the race`}</li>`;
  });
  return lines.some((line) => line) ? html`<ul class="races">${lines}</ul>` : html``;
}

/** State, who works on it, images, rate, elapsed and time left. */
export function progressOf(shown: Shown, now: number): Html {
  const { run, standing } = shown;
  const { state, holder } = standing;
  const { progress, record, fault, notes } = run;
  const clock = clockOf(shown, now);
  const going = state === 'running';
  return html`<p class="state"><span class="badge ${state}">${STATES[state]}</span> ${MEANINGS[state]}${holder === undefined ? undefined : html` <span class="soft">Worked on by ${holder}.</span>`}</p>
${fault === undefined ? undefined : html`<p class="fault">${fault}</p>`}
${bar(shown)}
${
  progress && record
    ? html`<dl class="figures">${fact('Settings', counted(record.settings.length, 'setting'))}${fact('Images a setting', `${progress.atMost ? 'at most ' : ''}${formatCount(record.images)}`)}${fact(!going ? 'Rate so far' : progress.average ? 'Rate since the start' : 'Rate', progress.rate === undefined ? undefined : `${formatRate(progress.rate)} images/s`)}${fact('Time of work', clock && span(clock.elapsed))}${fact('Left', clock?.left === undefined ? undefined : `${progress.atMost ? 'at most ' : ''}${span(clock.left)}`)}${fact('Set aside', run.setAside ? formatCount(run.setAside) : undefined)}</dl>
${columnLines(run)}`
    : undefined
}${notes.length ? html`<div class="notes">${notes.map((note) => html`<p>${note}</p>`)}</div>` : undefined}`;
}
