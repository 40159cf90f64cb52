import { UserError } from '../core/errors.js';
import type { Values } from './values.js';

export async function runRender(_values: Values): Promise<void> {
  throw new UserError('This command is not built yet.');
}
