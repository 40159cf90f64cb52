import type { GL } from './context.js';
import type { TexturePool } from './pool.js';
import { buildProgram, type Program } from './program.js';
import type { Mix } from './protocol.js';

const MAX_IMAGES = 16;

// Every RGBA texel of the strip carries four consecutive bytes of the RGB picture, so one texel touches two pixels.
// Weighted sums are rounded to the nearest level, halves up. Weights come in units of 2^-16, so that every product and
// sum is a whole number below 2^24: float32 has them exactly, and all devices give the same bytes.
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform sampler2DArray pool;
uniform int side;
uniform int top;
uniform int firstLayer;
uniform int count;
uniform bool blend;
uniform float weights[${MAX_IMAGES}];
uniform ivec4 boxes[${MAX_IMAGES}];
out vec4 packed;

vec3 mixed(int x, int y) {
  vec3 sum = vec3(0.0);
  for (int k = 0; k < count; k++) {
    ivec4 b = boxes[k];
    if (x < b.x || y < b.y || x >= b.z || y >= b.w) continue;
    vec3 level = floor(texelFetch(pool, ivec3(x, side - 1 - y, firstLayer + k), 0).rgb * 255.0 + 0.5);
    sum = blend ? sum + weights[k] * level : weights[k] * level;
  }
  return floor((sum + 32768.0) / 65536.0) / 255.0;
}

void main() {
  int x = int(gl_FragCoord.x) * 4, y = int(gl_FragCoord.y) - top;
  int pixel = x / 3, channel = x - 3 * pixel;
  vec3 a = mixed(pixel, y), b = mixed(pixel + 1, y);
  packed = channel == 0 ? vec4(a, b.r) : channel == 1 ? vec4(a.gb, b.rg) : vec4(a.b, b);
}`;

/**
 * Mixes outputs from the pool's textures and packs them into a strip that one readPixels gives back as contiguous RGB
 * bytes: the strip's row 0 is the first picture's top row.
 */
export class MixPass {
  readonly #gl: GL;
  readonly #pool: TexturePool;
  readonly #program: Program;
  readonly #strip: WebGLFramebuffer;
  /** Pictures a strip holds. */
  readonly capacity: number;

  constructor(gl: GL, pool: TexturePool, maxTextureSize: number) {
    this.#gl = gl;
    this.#pool = pool;
    this.capacity = Math.max(1, Math.min(32, Math.floor(maxTextureSize / pool.resolution)));
    this.#program = buildProgram(gl, FRAGMENT);
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, (pool.resolution * 3) / 4, pool.resolution * this.capacity);
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
      this.#strip_(part, pixels.subarray(first * bytes, (first + part.length) * bytes));
    }
    return pixels;
  }

  #strip_(mixes: readonly Mix[], into: Uint8Array): void {
    const gl = this.#gl;
    const side = this.#pool.resolution;
    const width = (side * 3) / 4;
    const { handle, uniform } = this.#program;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#strip);
    gl.useProgram(handle);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#pool.texture);
    gl.uniform1i(uniform('pool'), 0);
    gl.uniform1i(uniform('side'), side);
    const weights = new Float32Array(MAX_IMAGES);
    const boxes = new Int32Array(MAX_IMAGES * 4);
    mixes.forEach((mix, i) => {
      weights.set(mix.weights.map((weight) => Math.round(weight * 65536)));
      mix.boxes.forEach((box, k) => void boxes.set(box, k * 4));
      gl.viewport(0, i * side, width, side);
      gl.uniform1i(uniform('top'), i * side);
      gl.uniform1i(uniform('firstLayer'), mix.firstLayer);
      gl.uniform1i(uniform('count'), mix.weights.length);
      gl.uniform1i(uniform('blend'), mix.blend ? 1 : 0);
      gl.uniform1fv(uniform('weights[0]'), weights);
      gl.uniform4iv(uniform('boxes[0]'), boxes);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    });
    // headless-gl does not check this buffer's length: it is exactly width · 4 · height bytes.
    gl.readPixels(0, 0, width, side * mixes.length, gl.RGBA, gl.UNSIGNED_BYTE, into);
  }
}
