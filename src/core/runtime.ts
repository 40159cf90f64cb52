/**
 * Loads ONNX Runtime, which is heavy and so comes in only when something is extracted. Since 1.29 its Linux build sends
 * usage data to its maker unless this variable is set before it loads; nothing of a user's leaves the machine here.
 */
export async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return import('onnxruntime-node');
}
