import { decimalsOf, formatCount } from './numbers.js';
import type { ReportPlot } from './plot.js';
import { type Estimate, estimateOf, hoverOf } from './plot-estimate.js';
import { framed, type LegendItem } from './plot-frame.js';
import { type Line, linesPanel } from './plot-lines.js';
import { shortened, widthOf } from './plot-text.js';
import type { Column, Look, Standing } from './results.js';
import { nameOf } from './setting-name.js';
import { clean } from './svg.js';

type Told = Look & { readonly standings: readonly Standing[] };

const MOST_LABELS = 10;
const NAME_LENGTH = 26;
const [WIDTH, HEIGHT] = [640, 400];

const told = (look: Look): look is Told => look.standings !== undefined && look.standings.length > 0;

/** Of places along a logarithmic axis those that leave room for each other's text, the last first. */
function apart(places: readonly number[], width: number): number[] {
  const [least, most] = [Math.min(...places), Math.max(...places)];
  const scale = most > least ? width / Math.log(most / least) : 0;
  const kept: number[] = [];
  for (const place of places.toReversed()) {
    const next = kept.at(-1);
    if (next === undefined || scale * Math.log(next / place) >= widthOf(formatCount(place), 12) + 14) kept.push(place);
  }
  return kept.toReversed();
}

/**
 * A race as it went: FIDₙ of every setting at each look (FID∞ where all can be trusted), a dropped one's line ending with a cross.
 * Nothing where there was no race, or its looks do not say how settings stood.
 */
export function racePlot({ dataset, race, leader, tied, recommended }: Column, file: string): ReportPlot[] {
  const looks = race?.looks.filter(told) ?? [];
  const last = looks.at(-1);
  if (!last) return [];
  const trusted = looks.every(({ standings }) => standings.every(({ unbiased }) => unbiased?.trusted));
  const by = trusted ? 'fid∞' : 'fid';
  const settings = [...new Set(looks.flatMap(({ standings }) => standings.map(({ setting }) => setting)))];
  const drops = new Set(looks.flatMap(({ dropped }) => dropped.map(({ setting }) => setting)));
  const first = new Set([leader, ...tied]);
  const decimals = decimalsOf(
    looks.flatMap(({ standings }) =>
      standings.map((one) => (trusted ? one.unbiased?.standardError : one.standardError)),
    ),
  );
  const pointsOf = (setting: string) =>
    looks.flatMap(({ images, standings }) => {
      const standing = standings.find((one) => one.setting === setting);
      const estimate: Estimate | undefined = standing && estimateOf(standing, by);
      if (!estimate) return [];
      return [
        { x: images, ...estimate, hover: hoverOf(setting, estimate, decimals, ` at ${formatCount(images)} images`) },
      ];
    });
  const left = last.standings.filter(({ setting }) => !drops.has(setting));
  // The leader's label first, then its ties', then the lowest.
  const order = [...left].sort(
    (a, b) =>
      Number(b.setting === leader) - Number(a.setting === leader) ||
      Number(first.has(b.setting)) - Number(first.has(a.setting)) ||
      estimateOf(a, by)!.value - estimateOf(b, by)!.value,
  );
  const named = new Set(order.slice(0, MOST_LABELS).map(({ setting }) => setting));
  const lines = settings.map((setting): Line => {
    const winner = setting === leader;
    const name = shortened(clean(nameOf(setting)), NAME_LENGTH);
    return {
      label: named.has(setting) ? `${name}${setting === recommended?.setting ? ' ★' : ''}` : '',
      colour: first.has(setting) ? 'tied' : 'rest',
      width: winner ? 2.5 : first.has(setting) ? 1.75 : 1.25,
      band: winner,
      ends: drops.has(setting),
      points: pointsOf(setting),
    };
  });
  // Leader and ties above the rest.
  lines.sort((a, b) => Number(a.colour === 'tied') - Number(b.colour === 'tied') || (a.width ?? 0) - (b.width ?? 0));
  const images = looks.map((look) => look.images);
  const panel = linesPanel({
    lines,
    x: { label: 'Images a setting (logarithmic)', log: true, ticks: apart(images, WIDTH - 220) },
    y: { label: trusted ? 'FID∞' : 'FIDₙ' },
    width: WIDTH,
    height: HEIGHT,
    format: formatCount,
    top: apart(images, WIDTH - 220).map((x) => {
      const { standings } = looks.find((look) => look.images === x)!;
      return { x, text: String(standings.length) };
    }),
  });
  const title = `The race, look by look: ${shortened(clean(dataset), 60)}`;
  const description = `${trusted ? 'FID∞' : 'FIDₙ'} of each setting against its images at ${looks.length} look${looks.length === 1 ? '' : 's'}: ${settings.length} setting${settings.length === 1 ? '' : 's'} at the first, of which ${drops.size} ${drops.size === 1 ? 'was' : 'were'} dropped on the way. ${nameOf(leader)} leads${tied.length > 1 ? `; ${tied.length} settings share its rank` : ''}.`;
  const legend: LegendItem[] = [
    { colour: 'tied', mark: 'line', text: tied.length > 1 ? 'leader and all not separated from it' : 'leader' },
    ...(lines.some(({ band, points }) => band && points.some(({ interval }) => interval))
      ? [{ colour: 'tied', mark: 'band', text: "leader's 95%" } as const]
      : []),
    ...(lines.some(({ colour }) => colour === 'rest')
      ? [{ colour: 'rest', mark: 'line', text: 'the others' } as const]
      : []),
    ...(drops.size ? [{ colour: 'rest', mark: 'cross', text: 'dropped here' } as const] : []),
  ];
  const unnamed = left.length - named.size;
  const notes = [
    'Along the top: settings in each look.',
    trusted
      ? 'FID∞ is without the bias of few images; lower is better.'
      : 'All lines fall as the bias of FIDₙ does with n: compare settings at one look, not looks with each other.',
    ...(unnamed > 0
      ? [`${unnamed} more that were left at the last look ${unnamed === 1 ? 'has' : 'have'} no label.`]
      : []),
    ...(recommended && named.has(recommended.setting) ? ['★: recommended.'] : []),
  ];
  const svg = framed({ file, title, description, panels: [{ ...panel, x: 0, y: 0 }], legend, notes });
  return [{ file, kind: 'race', dataset, title, description, svg }];
}
