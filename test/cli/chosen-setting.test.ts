import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { chooseSetting } from '../../src/cli/chosen-setting.js';
import { temporaryFolder } from '../temporary.js';

test('a folder to be written to must not lie in the data set', async () => {
  const home = temporaryFolder();
  const spec = join(home, 'photos');
  mkdirSync(join(spec, 'below'), { recursive: true });
  for (const [i, place] of ['a.png', 'below/b.png'].entries())
    writeFileSync(
      join(spec, place),
      await sharp(Buffer.alloc(12, 90 * i), { raw: { width: 2, height: 2, channels: 3 } })
        .png()
        .toBuffer(),
    );
  symlinkSync(spec, join(home, 'linked'));
  for (const output of [join(spec, 'out'), join(spec, 'below', 'x', 'out'), spec, join(home, 'linked', 'out')])
    await expect(chooseSetting({ spec }, { output }), output).rejects.toThrow(/--output: got .*outside the data set/);
  await expect(chooseSetting({ spec: join(home, 'linked') }, { output: join(spec, 'out') })).rejects.toThrow(
    '--output',
  );
  for (const output of [join(home, 'out'), join(home, 'photos-out'), undefined]) {
    const { source } = await chooseSetting({ spec }, output === undefined ? {} : { output });
    expect(source.dataset.spec).toBe(spec);
  }
});
