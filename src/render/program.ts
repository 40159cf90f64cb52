import type { GL } from './context.js';
import { acceptableSource, CompileError } from './source.js';

const VERTEX_300 = `#version 300 es
in vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }`;
const VERTEX_100 = `attribute vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }`;

function compile(gl: GL, kind: number, source: string): WebGLShader {
  const accepted = acceptableSource(source);
  const shader = gl.createShader(kind)!;
  gl.shaderSource(shader, accepted);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) {
    const log = gl.getShaderInfoLog(shader) ?? '';
    gl.deleteShader(shader);
    throw new CompileError(log.trim());
  }
  return shader;
}

export interface Program {
  readonly handle: WebGLProgram;
  uniform(name: string): WebGLUniformLocation | null;
}

/** Compiles a full-frame fragment program. Throws CompileError with the driver's log. */
export function buildProgram(gl: GL, fragment: string): Program {
  const fragmentShader = compile(gl, gl.FRAGMENT_SHADER, fragment);
  // Both halves of a program are of one version.
  const newer = /^\s*#version\s+300\s+es\b/.test(acceptableSource(fragment));
  const vertexShader = compile(gl, gl.VERTEX_SHADER, newer ? VERTEX_300 : VERTEX_100);
  const handle = gl.createProgram()!;
  gl.attachShader(handle, vertexShader);
  gl.attachShader(handle, fragmentShader);
  gl.bindAttribLocation(handle, 0, 'corner');
  gl.linkProgram(handle);
  const linked = gl.getProgramParameter(handle, gl.LINK_STATUS);
  const log = gl.getProgramInfoLog(handle) ?? '';
  gl.deleteShader(vertexShader);
  gl.deleteShader(fragmentShader);
  if (!linked) {
    gl.deleteProgram(handle);
    throw new CompileError(log.trim());
  }
  const locations = new Map<string, WebGLUniformLocation | null>();
  return {
    handle,
    uniform(name) {
      if (!locations.has(name)) locations.set(name, gl.getUniformLocation(handle, name));
      return locations.get(name)!;
    },
  };
}

/** A program, built from its newer text where the driver refuses the older. Throws CompileError with both logs. */
function buildEither(gl: GL, { source, fallback }: Texts): Built {
  try {
    return { program: buildProgram(gl, source), newer: false };
  } catch (error) {
    if (!(error instanceof CompileError) || fallback === undefined) throw error;
    try {
      return { program: buildProgram(gl, fallback), newer: true };
    } catch (second) {
      if (!(second instanceof CompileError)) throw second;
      throw new CompileError(`${error.message}\nRewritten to GLSL ES 3.00: ${second.message}`);
    }
  }
}

export interface Texts {
  readonly source: string;
  readonly fallback?: string | undefined;
}

export interface Built {
  readonly program: Program;
  /** Whether it is the fallback that compiled. */
  readonly newer: boolean;
}

/**
 * Compiled programs by number, the least recently drawn deleted when there are more than `capacity`: on a software device a
 * program takes up to 7 MB.
 */
export class ProgramCache<T extends Built> {
  readonly #gl: GL;
  readonly #complete: (built: Built) => T;
  readonly #capacity: number;
  readonly #programs = new Map<number, T>();

  /** @param complete adds what else is kept with a program */
  constructor(gl: GL, complete: (built: Built) => T, capacity = 96) {
    this.#gl = gl;
    this.#complete = complete;
    this.#capacity = capacity;
  }

  /** The program of this number; `texts` compile it when it is not there. Undefined when neither is. */
  get(number: number, texts?: Texts): T | undefined {
    let built = this.#programs.get(number);
    if (!built && texts === undefined) return undefined;
    built ??= this.#complete(buildEither(this.#gl, texts!));
    this.#programs.delete(number);
    this.#programs.set(number, built);
    if (this.#programs.size > this.#capacity) {
      const [oldest, old] = this.#programs.entries().next().value!;
      this.#gl.deleteProgram(old.program.handle);
      this.#programs.delete(oldest);
    }
    return built;
  }
}
