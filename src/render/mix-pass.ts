import type { GL } from './context.js';
import type { TexturePool } from './pool.js';
import { buildProgram, type Program } from './program.js';
import type { Mix } from './protocol.js';

const MAX_IMAGES = 16;

const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform sampler2DArray pool;
uniform int side;
uniform int top;
uniform int firstLayer;
uniform int count;
uniform float weights[${MAX_IMAGES}];
uniform ivec4 boxes[${MAX_IMAGES}];
out vec4 mixed;

bool inside(ivec4 box, ivec2 at) { return at.x >= box.x && at.y >= box.y && at.x < box.z && at.y < box.w; }
vec3 level(int k, ivec2 at) {
  return floor(texelFetch(pool, ivec3(at.x, side - 1 - at.y, firstLayer + k), 0).rgb * 255.0 + 0.5);
}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy) - ivec2(0, top);
`;

// Weighted sums are rounded to the nearest level, halves up. Weights come in units of 2^-16, so that every product and
// sum is a whole number below 2^24: float32 has them exactly, and all devices give the same bytes.
const blend = (term: string): string => `${HEAD}
  vec3 sum = vec3(0.0);
  for (int k = 0; k < count; k++) ${term}
  mixed = vec4(floor((sum + 32768.0) / 65536.0) / 255.0, 1.0);
}`;
const BLEND_WHOLE = blend('sum += weights[k] * level(k, at);');
const BLEND_BOXES = blend('if (inside(boxes[k], at)) sum += weights[k] * level(k, at);');

// The last image whose box holds the pixel is the one that shows.
const PASTE = `${HEAD}
  int shown = 0;
  for (int k = 1; k < count; k++) if (inside(boxes[k], at)) shown = k;
  mixed = vec4(level(shown, at) / 255.0, 1.0);
}`;

/**
 * RGB of RGBA pixels, four at a time as 32-bit words (little-endian, as every machine that Node runs on).
 *
 * @param rgba a multiple of four pixels
 * @param rgb three bytes a pixel, at an offset that is a multiple of four
 */
function packRgb(rgba: Uint8Array, rgb: Uint8Array): void {
  const from = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  const to = new Uint32Array(rgb.buffer, rgb.byteOffset, rgb.length / 4);
  for (let i = 0, o = 0; i < from.length; i += 4, o += 3) {
    const b = from[i + 1]!;
    const c = from[i + 2]!;
    to[o] = (from[i]! & 0xffffff) | (b << 24);
    to[o + 1] = ((b >>> 8) & 0xffff) | (c << 16);
    to[o + 2] = ((c >>> 16) & 0xff) | (from[i + 3]! << 8);
  }
}

/**
 * Mixes outputs from the pool's textures, each in one pass, into a strip that one readPixels brings back: the strip's row
 * 0 is the first picture's top row. Alpha is dropped while the strip is copied out.
 */
export class MixPass {
  readonly #gl: GL;
  readonly #pool: TexturePool;
  // A program for each way, since a software device computes both sides of a branch.
  readonly #blendWhole: Program;
  readonly #blendBoxes: Program;
  readonly #paste: Program;
  readonly #strip: WebGLFramebuffer;
  readonly #rgba: Uint8Array;
  /** Pictures a strip holds. */
  readonly capacity: number;

  constructor(gl: GL, pool: TexturePool, maxTextureSize: number) {
    this.#gl = gl;
    this.#pool = pool;
    this.capacity = Math.max(1, Math.min(32, Math.floor(maxTextureSize / pool.resolution)));
    this.#blendWhole = buildProgram(gl, BLEND_WHOLE);
    this.#blendBoxes = buildProgram(gl, BLEND_BOXES);
    this.#paste = buildProgram(gl, PASTE);
    this.#rgba = new Uint8Array(pool.resolution ** 2 * 4 * this.capacity);
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, pool.resolution, pool.resolution * this.capacity);
    this.#strip = gl.createFramebuffer()!;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#strip);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  }

  /** Mixes any number of outputs: uint8 RGB, outputs × side × side × 3, rows from the top. */
  run(mixes: readonly Mix[]): Uint8Array {
    const bytes = this.#pool.resolution ** 2 * 3;
    const pixels = new Uint8Array(mixes.length * bytes);
    for (let first = 0; first < mixes.length; first += this.capacity) {
      const part = mixes.slice(first, first + this.capacity);
      this.#mixStrip(part, pixels.subarray(first * bytes, (first + part.length) * bytes));
    }
    return pixels;
  }

  #mixStrip(mixes: readonly Mix[], into: Uint8Array): void {
    const gl = this.#gl;
    const side = this.#pool.resolution;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#strip);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#pool.texture);
    const weights = new Float32Array(MAX_IMAGES);
    const boxes = new Int32Array(MAX_IMAGES * 4);
    for (const [i, mix] of mixes.entries()) {
      const whole = mix.boxes.every(([x0, y0, x1, y1]) => x0 === 0 && y0 === 0 && x1 === side && y1 === side);
      const blending = whole ? this.#blendWhole : this.#blendBoxes;
      const { handle, uniform } = mix.blend ? blending : this.#paste;
      gl.useProgram(handle);
      weights.set(mix.weights.map((weight) => Math.round(weight * 65536)));
      for (const [k, box] of mix.boxes.entries()) boxes.set(box, k * 4);
      gl.viewport(0, i * side, side, side);
      gl.uniform1i(uniform('pool'), 0);
      gl.uniform1i(uniform('side'), side);
      gl.uniform1i(uniform('top'), i * side);
      gl.uniform1i(uniform('firstLayer'), mix.firstLayer);
      gl.uniform1i(uniform('count'), mix.weights.length);
      if (mix.blend) gl.uniform1fv(uniform('weights[0]'), weights);
      if (!(mix.blend && whole)) gl.uniform4iv(uniform('boxes[0]'), boxes);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    // headless-gl does not check this buffer's length: it is exactly side · 4 · height bytes.
    const rgba = this.#rgba.subarray(0, side * side * 4 * mixes.length);
    gl.readPixels(0, 0, side, side * mixes.length, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    packRgb(rgba, into);
  }
}
