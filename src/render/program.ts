import type { GL } from './context.js';
import { acceptableSource, CompileError } from './source.js';

const VERTEX = `#version 300 es
in vec2 corner;
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
  const vertexShader = compile(gl, gl.VERTEX_SHADER, VERTEX);
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

/** Compiled programs by number, the least recently drawn deleted when there are more than `capacity`. */
export class ProgramCache {
  readonly #gl: GL;
  readonly #capacity: number;
  readonly #programs = new Map<number, Program>();

  constructor(gl: GL, capacity = 512) {
    this.#gl = gl;
    this.#capacity = capacity;
  }

  /** The program of this number; `source` compiles it when it is not there. Undefined when neither is. */
  get(number: number, source?: string): Program | undefined {
    let program = this.#programs.get(number);
    if (!program && source === undefined) return undefined;
    program ??= buildProgram(this.#gl, source!);
    this.#programs.delete(number);
    this.#programs.set(number, program);
    if (this.#programs.size > this.#capacity) {
      const [oldest, old] = this.#programs.entries().next().value!;
      this.#gl.deleteProgram(old.handle);
      this.#programs.delete(oldest);
    }
    return program;
  }
}
