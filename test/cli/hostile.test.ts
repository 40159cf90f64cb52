import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createGraph } from '../../src/core/graph.js';
import { encodeNpy } from '../../src/core/npy.js';
import { legacyFile, op, pickle, writeLegacy } from '../extract/torch-writer.mjs';
import { refuse, remove, scratch } from './run.js';

/** What the readers refuse, file by file, is in their own tests; here it is seen that the command ends as it should. */

const text = (...parts: readonly string[]): Uint8Array => Buffer.from(parts.join(''), 'latin1');

/** A pickle that would run a command where it is executed. */
const command = (): Uint8Array =>
  pickle(op.global('posix', 'system'), op.mark, op.text('touch executed'), op.tuple, op.reduce);

const weights = (): readonly (readonly [string, Uint8Array])[] => {
  const good = writeLegacy([['Conv2d_1a_3x3.conv.weight', { shape: [2], data: Float32Array.of(1, 2) }]]);
  return [
    ['a command', legacyFile(command(), [])],
    ['cut in half', good.subarray(0, good.length / 2)],
    ['another network', good],
    ['no pickle', text('<html>404</html>')],
    ['empty', new Uint8Array()],
    ['a bomb', zipSync({ 'archive/data.pkl': new Uint8Array(64 * 1024 ** 2) }, { level: 9 })],
  ];
};

function model(operator: string): Uint8Array {
  const g = createGraph('hostile');
  const x = g.input('x', 'float32', ['N', 3, 8, 8]);
  g.output(g.node(operator, [x], {}, 'y'), 'float32', ['N', 3, 8, 8]);
  return g.encode();
}

/** A tar header that says its member has so many bytes. */
function tar(size: string): Uint8Array {
  const header = new Uint8Array(1024);
  header.set(text('picture.png'));
  header.set(text(size), 124);
  header.set(text('ustar\x0000'), 257);
  header.fill(0x20, 148, 156);
  header.set(
    text(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
    ),
    148,
  );
  return header;
}

const pictures = (): readonly (readonly [string, Uint8Array])[] => {
  const zip = zipSync({ 'a.png': text('no picture'), 'b.png': text('nor this') });
  const array = encodeNpy(new Float32Array(12), [2, 2, 3]);
  return [
    ['cut.zip', zip.subarray(0, zip.length - 30)],
    ['no pictures in it.zip', zip],
    ['endless.tar', tar('77777777777\0')],
    ['nonsense.tar', text('nonsense')],
    ['floats.npy', array],
    [
      'object.npy',
      text('\x93NUMPY\x01\0v\0', "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }".padEnd(117), '\n'),
    ],
    ['bomb.npz', zipSync({ 'arr_0.npy': new Uint8Array(64 * 1024 ** 2) }, { level: 9 })],
    ['nothing.txt', text('\n# nothing\n')],
    ['outside.lst', text('../../../../../../etc/hostname\n/etc/passwd\n')],
  ];
};

let home: string;
beforeAll(() => {
  home = scratch();
  for (const [name, bytes] of weights()) writeFileSync(join(home, `${name}.pth`), bytes);
  for (const [name, bytes] of pictures()) writeFileSync(join(home, name), bytes);
  const input = { size: 8, layout: 'NCHW', range: [0, 1], resize: 'bilinear' };
  const spec = { name: 'mine', input, output: 'y', pooling: 'mean', licence: 'MIT' };
  writeFileSync(join(home, 'spec.json'), JSON.stringify(spec));
  writeFileSync(join(home, 'chance.onnx'), model('RandomNormalLike'));
  writeFileSync(join(home, 'nonsense.onnx'), text('nonsense'));
});
afterAll(() => remove(home));

describe.concurrent('exit code 2, a message, nothing written', () => {
  test.each(weights().map(([name]) => name))('weights: %s', async (name) => {
    await refuse(home, ['models', 'import', `${name}.pth`, '--allow-hash', '--as', 'mine'], `${name}.pth`);
  });

  test.each(['chance.onnx', 'nonsense.onnx'])('a model: %s', async (name) => {
    await refuse(home, ['models', 'add', name, '--spec', 'spec.json'], name);
  });

  test.each(pictures().map(([name]) => name))('pictures: %s', async (name) => {
    await refuse(home, ['fid', name, name], name);
  });
});
