import type { Argv } from 'yargs';
import { pick } from './flags.js';

const id = (y: Argv): Argv => y.positional('id', { type: 'string', describe: 'id of "fidsweep models"' });

/** Flags of the `models` commands. */
export const modelsFlags = {
  list: (y: Argv) => pick(y, ['json']),
  build: (y: Argv) => y,
  fetch: (y: Argv) =>
    id(y)
      .option('mirror', { type: 'string', describe: 'URL to fetch from instead; may be given again; the hash decides' })
      .option('time-limit', { type: 'string', describe: 'seconds that it may take (default 3600)' }),
  import: (y: Argv) =>
    y
      .positional('file', { type: 'string', describe: 'a .pth, the weights of the canonical network or of its layout' })
      .option('as', { type: 'string', describe: 'name for weights of your own' })
      .option('layout', { type: 'string', describe: 'inception-2015-12-05 (default), the only one so far' })
      .option('allow-hash', { type: 'boolean', describe: 'take weights of your own; needs --as' }),
  add: (y: Argv) =>
    y
      .positional('file', { type: 'string', describe: 'the .onnx' })
      .option('spec', { type: 'string', demandOption: true, describe: 'JSON: input, output, pooling, licence, …' })
      .option('as', { type: 'string', describe: 'its name (default: "name" of the sidecar)' }),
  verify: (y: Argv) => pick(id(y), ['json']),
  remove: id,
};
