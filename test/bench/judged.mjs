// Writes which candidates of the grammar make a set that ships, from a check that judged them:
//   node dist/cli/main.js programs check 'programs:grammar?seed=21&count=23000' --judge --resolution 128 -o X
//   node test/bench/judged.mjs X s21k 21000
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../dist/core/files.js';
import { GRAMMAR_VERSION } from '../../dist/dataset/grammar.js';
import { ROOT } from './common.mjs';

/** Why a candidate is left out, by the class that a check gave it. */
const REASONS = {
  'does not compile': 'broken',
  hangs: 'broken',
  'crashes the driver': 'broken',
  NaN: 'nan',
  'blank or constant': 'flat',
  flat: 'flat',
  noise: 'noise',
  'too slow': 'slow',
  duplicate: 'duplicate',
};

const [folder, name, wanted] = process.argv.slice(2);
const count = Number(wanted);
if (!folder || !/^[a-z0-9]+$/.test(name ?? '') || !(Number.isInteger(count) && count > 0))
  throw new Error('usage: node test/bench/judged.mjs FOLDER NAME COUNT');

const { judge, unchecked, programs } = JSON.parse(readFileSync(join(folder, 'checked.json'), 'utf8'));
if (!judge || unchecked) throw new Error(`${folder}: not judged, or not to the end (${unchecked} are left)`);
const leftOut = {};
let good = 0;
let seed;
for (const [place, { id, class: found }] of programs.entries()) {
  const [, own, index] = /^g(\d+)-(\d+)$/.exec(id) ?? [];
  seed ??= Number(own);
  if (Number(own) !== seed || Number(index) !== place)
    throw new Error(`${folder}: ${id} in place ${place}, expected candidates of one seed from 0 on`);
  if (found === 'good') good++;
  else {
    if (!REASONS[found])
      throw new Error(`${folder}: ${id} is "${found}", for which there is no reason to leave it out`);
    leftOut[REASONS[found]] ??= [];
    leftOut[REASONS[found]].push(place);
  }
  if (good === count) break;
}
if (good < count) throw new Error(`${folder}: ${good} of ${programs.length} candidates are good, ${count} are wanted`);

const lines = Object.entries(leftOut).map(([why, places]) => `    ${JSON.stringify(why)}: ${JSON.stringify(places)}`);
const head = `  "grammar": ${GRAMMAR_VERSION},\n  "seed": ${seed},\n  "count": ${count},\n`;
const path = join(ROOT, 'shaders', 'grammar', `${name}.json`);
writeAtomically(path, `{\n${head}  "leftOut": {\n${lines.join(',\n')}\n  }\n}\n`);
const numbers = Object.entries(leftOut).map(([why, places]) => `${places.length} ${why}`);
const used = good + Object.values(leftOut).reduce((sum, places) => sum + places.length, 0);
process.stdout.write(`${path}: ${count} of the first ${used} candidates; left out ${numbers.join(', ') || 'none'}\n`);
