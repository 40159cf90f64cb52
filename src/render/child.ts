/** The render child: owns the GL context, does one request at a time, dies with its parent. */
import { messageOf } from '../core/errors.js';
import { type GL, openContext } from './context.js';
import { MixPass } from './mix-pass.js';
import { TexturePool } from './pool.js';
import { CompileError, ProgramCache } from './program.js';
import type { Backend, Device, Draw, Reply, Request } from './protocol.js';

interface Stage {
  readonly gl: GL;
  readonly device: Device;
  readonly pool: TexturePool;
  readonly mixPass: MixPass;
  readonly programs: ProgramCache;
}

let stage: Stage | undefined;

function open(resolution: number, layers: number): Reply {
  let context: { gl: GL; device: Device };
  try {
    context = openContext(process.argv[2] as Backend);
  } catch (error) {
    return { ok: false, why: 'open', log: messageOf(error) };
  }
  const { gl, device } = context;
  if (layers > device.maxLayers) {
    return { ok: false, why: 'open', log: `the device holds ${device.maxLayers} texture layers, ${layers} are needed` };
  }
  gl.disable(gl.DEPTH_TEST);
  gl.disable(gl.BLEND);
  gl.disable(gl.DITHER);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  const pool = new TexturePool(gl, resolution, layers);
  stage = { gl, device, pool, mixPass: new MixPass(gl, pool, device.maxTextureSize), programs: new ProgramCache(gl) };
  return { ok: true, device };
}

function draw(
  { gl, pool, programs }: Stage,
  number: number,
  source: string | undefined,
  draws: readonly Draw[],
): Reply {
  const program = programs.get(number, source);
  if (!program) return { ok: false, why: 'gl', log: 'unknown program' };
  gl.useProgram(program.handle);
  gl.uniform2f(program.uniform('resolution'), pool.resolution, pool.resolution);
  for (const { layer, time, seed, genes } of draws) {
    pool.bindLayer(layer);
    gl.uniform1f(program.uniform('time'), time);
    gl.uniform1i(program.uniform('seed'), seed);
    gl.uniform1fv(program.uniform('genes[0]'), new Float32Array(genes));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
  // The reply says that the pictures exist, so that the parent's watchdog knows which program hangs.
  gl.finish();
  return { ok: true };
}

function serve(request: Request): Reply {
  if (request.do === 'open') return open(request.resolution, request.layers);
  if (!stage) return { ok: false, why: 'gl', log: 'not open' };
  let reply: Reply;
  if (request.do === 'draw') reply = draw(stage, request.program, request.source, request.draws);
  else if (request.do === 'upload') {
    stage.pool.upload(request.layer, request.pixels);
    reply = { ok: true };
  } else reply = { ok: true, pixels: stage.mixPass.run(request.mixes) };
  const error = stage.gl.getError();
  return error ? { ok: false, why: 'gl', log: `GL error 0x${error.toString(16)} in ${request.do}` } : reply;
}

process.on('message', (request: Request) => {
  let reply: Reply;
  try {
    reply = serve(request);
  } catch (error) {
    const compile = error instanceof CompileError;
    reply = { ok: false, why: compile ? 'compile' : 'gl', log: messageOf(error) };
  }
  process.send!(reply);
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent decides when the child ends.
process.on('SIGINT', () => {});
