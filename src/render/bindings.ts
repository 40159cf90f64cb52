import { philox, STREAM } from '../core/random.js';
import type { GL } from './context.js';
import type { Draw } from './protocol.js';

/** Frames a second that programs are told of, which count frames. */
const RATE = 60;

/** Side of the noise texture. */
const NOISE = 256;

/** Texture units; 0 is the mix pass's. Samplers of other kinds have a unit each, with nothing there: they read black. */
const UNIT = { noise: 1, black: 2, others: 3 } as const;

/** Samplers that read back what was drawn before, or a key that is pressed: there is nothing. */
const BLACK = /^(b\d?|backbuffer\d*|u_buffer\d*|u_backbuffer|iKeyboard\d?)$/;

/** What the conventions of programs call what a picture is drawn with, as the components of the longest form. */
const QUANTITIES: readonly {
  readonly names: readonly string[];
  readonly of: (draw: Draw, side: number) => readonly number[];
}[] = [
  { names: ['resolution', 'r', 'u_resolution', 'iResolution'], of: (_, side) => [side, side, 1] },
  { names: ['time', 't', 'u_time', 'iTime', 'iGlobalTime'], of: ({ time }) => [time] },
  { names: ['frame', 'f', 'u_frame', 'iFrame'], of: ({ time }) => [Math.floor(RATE * time)] },
  { names: ['iTimeDelta', 'u_delta'], of: () => [1 / RATE] },
  { names: ['iFrameRate'], of: () => [RATE] },
  { names: ['iSampleRate'], of: () => [44100] },
  // The first of January 2000, `time` seconds after midnight.
  { names: ['iDate', 'u_date'], of: ({ time }) => [2000, 0, 1, time] },
  { names: ['iChannelTime'], of: ({ time }) => Array(4).fill(time) },
  { names: ['iChannelResolution'], of: () => Array.from({ length: 12 }, (_, i) => (i % 3 < 2 ? NOISE : 1)) },
  { names: ['seed'], of: ({ seed }) => [seed] },
  { names: ['genes'], of: ({ genes }) => genes },
];

const QUANTITY = new Map(QUANTITIES.flatMap(({ names, of }) => names.map((name) => [name, of] as const)));

/** The two textures that programs find where they expect one of their own. */
class Defaults {
  readonly #gl: GL;
  #made = false;

  constructor(gl: GL) {
    this.#gl = gl;
  }

  /** Binds both to their units: uniform noise, repeated, with mipmaps; and a black texel. */
  bind(): void {
    if (this.#made) return;
    this.#made = true;
    const gl = this.#gl;
    const words = Uint32Array.from({ length: NOISE * NOISE }, (_, i) => philox([i, 0, 0, STREAM.texture], [0, 0])[0]);
    const noise = new Uint8Array(words.buffer);
    const make = (unit: number, side: number, pixels: Uint8Array) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, side, side, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      gl.generateMipmap(gl.TEXTURE_2D);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.REPEAT);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.REPEAT);
      gl.activeTexture(gl.TEXTURE0);
    };
    make(UNIT.noise, NOISE, noise);
    make(UNIT.black, 1, new Uint8Array([0, 0, 0, 255]));
  }
}

type Setter = (draw: Draw) => void;

/**
 * Sets a program's uniforms by their names, whichever convention it was written in: the names of all of them are one
 * table. Uniforms that no convention has stay zero.
 */
export class Bindings {
  readonly #gl: GL;
  readonly #side: number;
  readonly #defaults: Defaults;
  /** Kinds of samplers that nothing is bound to. */
  readonly #otherSamplers: readonly number[];

  constructor(gl: GL, side: number) {
    this.#gl = gl;
    this.#side = side;
    this.#defaults = new Defaults(gl);
    this.#otherSamplers = [
      gl.SAMPLER_CUBE,
      gl.SAMPLER_3D,
      gl.SAMPLER_2D_ARRAY,
      gl.SAMPLER_2D_SHADOW,
      gl.SAMPLER_CUBE_SHADOW,
      gl.SAMPLER_2D_ARRAY_SHADOW,
      gl.INT_SAMPLER_2D,
      gl.INT_SAMPLER_3D,
      gl.INT_SAMPLER_CUBE,
      gl.INT_SAMPLER_2D_ARRAY,
      gl.UNSIGNED_INT_SAMPLER_2D,
      gl.UNSIGNED_INT_SAMPLER_3D,
      gl.UNSIGNED_INT_SAMPLER_CUBE,
      gl.UNSIGNED_INT_SAMPLER_2D_ARRAY,
    ];
  }

  /** What sets the uniforms of a linked program, which must be in use then. */
  of(handle: WebGLProgram): Setter {
    const gl = this.#gl;
    const setters: Setter[] = [];
    const count: number = gl.getProgramParameter(handle, gl.ACTIVE_UNIFORMS);
    for (let i = 0; i < count; i++) {
      const info = gl.getActiveUniform(handle, i);
      if (!info) continue;
      const location = gl.getUniformLocation(handle, info.name);
      if (!location) continue;
      const name = info.name.replace(/\[0\]$/, '');
      if (info.type === gl.SAMPLER_2D) {
        this.#defaults.bind();
        const unit = BLACK.test(name) ? UNIT.black : UNIT.noise;
        setters.push(() => gl.uniform1iv(location, new Int32Array(info.size).fill(unit)));
        continue;
      }
      const other = this.#otherSamplers.indexOf(info.type);
      if (other >= 0) {
        // Two kinds on one unit are an error, and so is any on the unit of the pool that is drawn to.
        setters.push(() => gl.uniform1iv(location, new Int32Array(info.size).fill(UNIT.others + other)));
        continue;
      }
      const setter = this.#setter(name, info, location);
      if (setter) setters.push(setter);
    }
    return (draw) => {
      for (const set of setters) set(draw);
    };
  }

  #setter(name: string, { type, size }: WebGLActiveInfo, location: WebGLUniformLocation): Setter | undefined {
    const quantity = QUANTITY.get(name);
    if (!quantity) return undefined;
    const gl = this.#gl;
    const components = new Map<number, number>([
      [gl.FLOAT, 1],
      [gl.FLOAT_VEC2, 2],
      [gl.FLOAT_VEC3, 3],
      [gl.FLOAT_VEC4, 4],
      [gl.INT, 1],
    ]).get(type);
    if (components === undefined) return undefined;
    const values = (draw: Draw) => {
      const all = quantity(draw, this.#side);
      return Array.from({ length: components * size }, (_, i) => all[i] ?? 0);
    };
    if (type === gl.INT) return (draw) => gl.uniform1iv(location, new Int32Array(values(draw)));
    const set = [gl.uniform1fv, gl.uniform2fv, gl.uniform3fv, gl.uniform4fv][components - 1]!;
    return (draw) => set.call(gl, location, new Float32Array(values(draw)));
  }
}
