import { ensureModel } from '../extract/build.js';
import { findModel } from '../extract/model-file.js';
import { bundled, extractors } from '../extract/registry.js';
import { flag, text, type Values } from './values.js';

export async function runModels(values: Values): Promise<void> {
  if (text(values, 'action') === 'build') {
    const entry = bundled();
    const { file, built, damaged } = ensureModel(entry);
    for (const bad of damaged) process.stderr.write(`Note: ${bad.file} was damaged (${bad.damage}).\n`);
    process.stdout.write(`${entry.id}: ${file}${built ? ' (built)' : ''}\n`);
    return;
  }
  const rows = extractors().map((entry) => ({ entry, present: findModel(entry).good !== undefined }));
  if (flag(values, 'json')) {
    const listed = rows.map(({ entry: { id, aliases, sha256, licence, comparable }, present }) => ({
      id,
      aliases,
      sha256,
      licence,
      comparable,
      present,
    }));
    process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
    return;
  }
  for (const { entry, present } of rows) {
    const { id, aliases, description, licence, comparable } = entry;
    process.stdout.write(
      `${[id, ...aliases].join(', ')}: ${description}\n  ${licence}; ${comparable}; ${present ? 'present' : 'not built yet'}\n`,
    );
  }
}
