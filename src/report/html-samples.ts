import { type Html, html } from './html-escape.js';
import { stripText } from './markdown-samples.js';
import { counted, formatCount, formatDifference, formatFid } from './numbers.js';
import { ranking } from './ranking.js';
import type { Cell } from './results.js';
import { nameOf } from './setting-name.js';
import type { Strip } from './strip.js';

/** A picture inside the page: it is one file, and loads nothing. */
function checked(source: string): string {
  if (/^data:image\/(webp|png|jpeg);base64,[A-Za-z0-9+/=]+$/.test(source)) return source;
  throw new Error(`no picture inside the page: ${source.slice(0, 80)}`);
}

const KINDS: Readonly<Record<Strip['kind'], string>> = {
  first: 'First',
  raising: 'Raise the FID most',
  lowering: 'Lower the FID most',
};

function pictureOf(strip: Strip): Html {
  const { source, tile, outputs } = strip;
  return html`<img class="strip" loading="lazy" decoding="async" src="${checked(source)}" width="${tile * outputs.length}" height="${tile}" alt="${stripText(strip)}">`;
}

/** Pictures that pull the FID, each with its ψ below it. */
function pulling(strip: Strip): Html {
  const { kind, psi, tile, outputs, images } = strip;
  const of = images === undefined ? '' : `, of ${counted(images, 'image')}`;
  const which = `${outputs.length === 1 ? 'output' : 'outputs'} ${outputs.map(formatCount).join(', ')}`;
  const values =
    psi &&
    html`<ol class="psi" aria-label="ψ of each, from the left" style="grid-template-columns: repeat(${outputs.length}, minmax(0, 1fr)); width: ${tile * outputs.length}px">${psi.map((value) => html`<li>${formatDifference(value)}</li>`)}</ol>`;
  return html`<figure><figcaption>${KINDS[kind]}${of}: ${which}</figcaption>${pictureOf(strip)}${values}</figure>\n`;
}

function sampleOf(strips: readonly Strip[], setting: string, cell: Cell | undefined): Html {
  const first = strips.filter(({ kind }) => kind === 'first');
  const pulls = strips
    .filter(({ kind }) => kind !== 'first')
    .sort((a, b) => Number(a.kind < b.kind) - Number(a.kind > b.kind));
  const standing =
    cell &&
    html` <span class="soft">rank ${cell.rank}, FID ${formatFid(cell.fid)}${cell.status === 'dropped' ? ` at ${counted(cell.images, 'image')}, dropped` : ''}</span>`;
  return html`<li><figure><figcaption><strong>${nameOf(setting)}</strong>${standing}</figcaption>${first.map(pictureOf)}</figure>
${pulls.length ? html`<details><summary>What pulls the FID of ${nameOf(setting)} most</summary>${pulls.map(pulling)}</details>` : undefined}</li>
`;
}

export const SAMPLES_LEGEND =
  'Each row: the first outputs of a setting. Folded away: those that pull its FID most, each with its influence ψ: without it the FID would be lower by about ψ/(n − 1), higher where ψ is below 0, n the images of the setting. Outputs are counted from 0.';

/** A row a setting of a data set, in the order of its ranking: its first outputs, and folded away what pulls its FID most. */
export function samplesOf(i: number, dataset: string, cells: readonly Cell[], all: readonly Strip[]): Html {
  const strips = all.filter((strip) => strip.dataset === dataset);
  if (!strips.length) return html``;
  const settings = new Set([...ranking(cells), ...strips].map(({ setting }) => setting));
  const rows = [...settings].flatMap((setting) => {
    const own = strips.filter((strip) => strip.setting === setting);
    return own.length
      ? [
          sampleOf(
            own,
            setting,
            cells.find((cell) => cell.setting === setting),
          ),
        ]
      : [];
  });
  return html`<h3 id="samples-${i + 1}">Samples</h3>
<p class="legend">${SAMPLES_LEGEND}</p>
<ul class="samples">
${rows}</ul>
`;
}
