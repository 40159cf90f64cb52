/** The render child: owns the GL context and does one request at a time. */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import { Bindings } from './bindings.js';
import { AddonError, type GL, openContext } from './context.js';
import { MixPass } from './mix-pass.js';
import { TexturePool } from './pool.js';
import { type Built, ProgramCache, type Texts } from './program.js';
import type { Backend, Device, Draw, Reply, Request } from './protocol.js';
import { CompileError } from './source.js';

interface Stage {
  readonly gl: GL;
  readonly device: Device;
  readonly pool: TexturePool;
  readonly mixPass: MixPass;
  readonly programs: ProgramCache<Drawable>;
}

/** A program with what sets its uniforms. */
interface Drawable extends Built {
  readonly bind: (draw: Draw) => void;
}

let stage: Stage | undefined;

/** GL's pending errors, taken from it: one that stayed would be blamed on the next request. */
function takeErrors(gl: GL): number[] {
  const errors: number[] = [];
  // A lost context may answer an error for ever; GL has no more kinds than this.
  for (let error = gl.getError(); error && errors.length < 8; error = gl.getError()) errors.push(error);
  return errors;
}

const glFailure = (errors: readonly number[], what: string): Reply => ({
  ok: false,
  why: 'gl',
  log: `GL error ${errors.map((error) => `0x${error.toString(16)}`).join(', ')} in ${what}`,
});

function open(resolution: number, layers: number): Reply {
  let context: { gl: GL; device: Device };
  try {
    context = openContext(process.argv[2] as Backend);
  } catch (error) {
    return { ok: false, why: error instanceof AddonError ? 'addon' : 'driver', log: messageOf(error) };
  }
  const { gl, device } = context;
  if (layers > device.maxLayers) {
    return {
      ok: false,
      why: 'layers',
      log: `the device holds ${device.maxLayers} texture layers, ${layers} are needed`,
    };
  }
  gl.disable(gl.DEPTH_TEST);
  gl.disable(gl.BLEND);
  gl.disable(gl.DITHER);
  gl.clearColor(0, 0, 0, 1);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  const pool = new TexturePool(gl, resolution, layers);
  const bindings = new Bindings(gl, resolution);
  const programs = new ProgramCache(gl, (built) => ({ ...built, bind: bindings.of(built.program.handle) }));
  stage = { gl, device, pool, mixPass: new MixPass(gl, pool, device.maxTextureSize), programs };
  const errors = takeErrors(gl);
  return errors.length ? glFailure(errors, 'open') : { ok: true, device };
}

function draw({ gl, pool, programs }: Stage, number: number, texts: Texts | undefined, draws: readonly Draw[]): Reply {
  const built = programs.get(number, texts);
  if (!built) return { ok: false, why: 'unknown', log: 'unknown program' };
  gl.useProgram(built.program.handle);
  for (const one of draws) {
    pool.bindLayer(one.layer);
    // What a program discards is black, not what the layer held before.
    gl.clear(gl.COLOR_BUFFER_BIT);
    built.bind(one);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
  // The reply says that the pictures exist, so that the parent's watchdog knows which program hangs.
  gl.finish();
  return { ok: true, ...(built.newer && { newer: true }) };
}

function serve(request: Request): Reply {
  if (request.do === 'open') return open(request.resolution, request.layers);
  if (!stage) return { ok: false, why: 'bug', log: 'not open' };
  const began = performance.now();
  let reply: Reply;
  if (request.do === 'draw') reply = draw(stage, request.program, request.texts, request.draws);
  else if (request.do === 'upload') {
    stage.pool.upload(request.layer, request.pixels);
    reply = { ok: true };
  } else if (request.do === 'read') reply = { ok: true, pixels: stage.pool.read(request.layers) };
  else reply = { ok: true, pixels: stage.mixPass.run(request.mixes) };
  const errors = takeErrors(stage.gl);
  if (errors.length) return glFailure(errors, request.do);
  return reply.ok ? { ...reply, ms: performance.now() - began } : reply;
}

/** What a request that threw is answered. A device that is lost or full also fails compilation, and calls of ours. */
function explain(error: unknown, request: Request): Reply {
  const errors = stage ? takeErrors(stage.gl) : [];
  const OUT_OF_MEMORY = 0x505;
  const CONTEXT_LOST = [0x507, 0x9242];
  const compile = error instanceof CompileError;
  if (compile ? errors.some((code) => code === OUT_OF_MEMORY || CONTEXT_LOST.includes(code)) : errors.length)
    return glFailure(errors, request.do);
  return { ok: false, why: compile ? 'compile' : 'bug', log: messageOf(error) };
}

/** Milliseconds between looks at whether the parent lives. */
const LOOK = 1000;

/**
 * Ends this process when its parent was killed, from a thread of its own: inside a program that does not return nothing else
 * of ours runs. Where a process keeps its parent's number when that is gone, on Windows, it ends nothing.
 */
function followParent(): void {
  const look = `if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL')`;
  new Worker(`setInterval(() => { ${look} }, ${LOOK})`, { eval: true, env: SHARE_ENV }).unref();
}

process.on('message', (request: Request) => {
  let reply: Reply;
  try {
    reply = serve(request);
  } catch (error) {
    reply = explain(error, request);
  }
  process.send!(reply);
  // Later, as a thread takes a fifth of what it takes to open a device, and many processes do not live long.
  if (request.do === 'open' && reply.ok) setTimeout(followParent, LOOK).unref();
});
// Between requests only: native code that does not return is ended by the parent, at its exit at the latest, or by the
// thread that looks whether the parent lives.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent decides when the child ends.
process.on('SIGINT', () => {});
