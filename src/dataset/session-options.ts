import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';

/**
 * How data sets run networks: on the CPU, with threads that do not spin while they wait, as renderers and the inference of
 * features need the cores, and in small shares, so that none waits for a thread whose core is taken.
 */
export const sessionOptions = (threads = availableParallelism()): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: threads,
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' }, dynamic_block_base: '16' } },
});
