import { writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { settingKey } from '../mix/setting.js';
import { outputsOf } from '../outputs.js';
import { chooseSetting, openSettingRenderer } from './chosen-setting.js';
import { say } from './loudness.js';
import { prepareOutput } from './open.js';
import { formatOf, Sheet } from './sheet.js';
import { integer, text, type Values } from './values.js';

/** Outputs drawn at a time: a sheet is small, and its first pictures are wanted soon. */
const AT_ONCE = 16;

/** A sheet of the first `count` outputs of one setting, as the paper's figures show 96. */
export async function runSamples(values: Values): Promise<void> {
  const out = text(values, 'output')!;
  const format = formatOf(out);
  const count = integer(values, 'count', 1, 10_000) ?? 96;
  const tile = integer(values, 'tile', 8, 1024) ?? 96;
  const columns = integer(values, 'columns', 1, 1000) ?? Math.min(count, 12);
  const sheet = new Sheet({ count, tile, columns, format });
  const chosen = await chooseSetting(values);
  const { source, setting, setAside } = chosen;
  const { resolution, seed } = source;
  const tell = ({ id, why }: { id: string; why: string }) => say(plain(`Set aside: ${id}: ${why}`));
  prepareOutput(out);
  const renderer = await openSettingRenderer(values, chosen, AT_ONCE);
  try {
    setAside.forEach(tell);
    const options = { most: AT_ONCE, onUnusable: tell };
    const bytes = resolution * resolution * 3;
    for await (const made of outputsOf(source, setting, [{ first: 0, count }], renderer, options)) {
      for (let i = 0; i < made.count; i++) {
        const data = made.pixels.subarray(i * bytes, (i + 1) * bytes);
        await sheet.put(made.first + i, { data, width: resolution, height: resolution });
      }
    }
  } finally {
    await renderer.dispose();
    await source.dataset.dispose?.();
  }
  writeAtomically(out, await sheet.encode());
  process.stdout.write(
    `${out}: ${count} images of ${settingKey(setting)} from ${plain(text(values, 'spec')!)}, seed ${seed}, ${sheet.width} × ${sheet.height} pixels\n`,
  );
}
