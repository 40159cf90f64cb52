import { UserError } from '../core/errors.js';

/** What every program starts with: its uniforms, and the entry point around its `vec3 draw(vec2 p)`. */
const PRELUDE = `#version 300 es
precision highp float;
precision highp int;
uniform vec2 resolution;
uniform float time;
uniform int seed;
uniform float genes[32];
out vec4 fragmentColor;
float gene(int i) { return genes[i]; }
float gene(int i, float low, float high) { return mix(low, high, genes[i]); }
float ease(float a, float b, float x) { x = clamp((x - a) / (b - a), 0.0, 1.0); return x * x * (3.0 - 2.0 * x); }
vec2 ease(float a, float b, vec2 x) { x = clamp((x - a) / (b - a), 0.0, 1.0); return x * x * (3.0 - 2.0 * x); }
vec3 ease(float a, float b, vec3 x) { x = clamp((x - a) / (b - a), 0.0, 1.0); return x * x * (3.0 - 2.0 * x); }
vec2 ease(vec2 a, vec2 b, vec2 x) { x = clamp((x - a) / (b - a), 0.0, 1.0); return x * x * (3.0 - 2.0 * x); }
vec3 ease(vec3 a, vec3 b, vec3 x) { x = clamp((x - a) / (b - a), 0.0, 1.0); return x * x * (3.0 - 2.0 * x); }
`;

// p: the short side spans −1 … 1, y up. A pixel that is no number is black with alpha 0, so that a check can count them.
const MAIN = `
void main() {
  vec2 p = (2.0 * gl_FragCoord.xy - resolution) / min(resolution.x, resolution.y);
  vec3 color = draw(p);
  fragmentColor = any(isnan(color)) ? vec4(0.0) : vec4(clamp(color, 0.0, 1.0), 1.0);
}
`;

const INCLUDE = /^[ \t]*#include[ \t]*<([a-z0-9-]+)>[ \t]*$/;

/** Text number of the program itself in `#line` directives; library files count from 2. */
const SELF = 1;

/**
 * A program's whole fragment shader: prelude, the library files it includes (each once, by name, never by path), its own
 * text, entry point. Line numbers in driver logs are those of the program's file.
 *
 * @param library file name without ending → text
 * @throws UserError for an include that the library lacks
 */
export function assembleProgram(id: string, text: string, library: ReadonlyMap<string, string>): string {
  const numbers = new Map<string, number>();
  const expand = (source: string, self: number): string => {
    const out = [`#line 1 ${self}`];
    for (const [i, line] of source.split(/\r?\n/).entries()) {
      const name = INCLUDE.exec(line)?.[1];
      if (name === undefined) {
        out.push(line);
        continue;
      }
      const included = library.get(name);
      if (included === undefined) {
        throw new UserError(
          `${id}:${i + 1}: no library file <${name}>; there are ${[...library.keys()].sort().join(', ')}.`,
        );
      }
      if (!numbers.has(name)) {
        numbers.set(name, SELF + 1 + numbers.size);
        out.push(expand(included, numbers.get(name)!));
      }
      out.push(`#line ${i + 2} ${self}`);
    }
    return out.join('\n');
  };
  return `${PRELUDE}${expand(text, SELF)}${MAIN}`;
}

/** The first error of a driver's log as `file:line: message`. */
export function explainLog(id: string, log: string): string {
  const match = /ERROR: (\d+):(\d+): ([^\n]*)/.exec(log);
  if (!match) return `${id}: ${log.split('\n')[0] ?? ''}`;
  const where = Number(match[1]) === SELF ? `${id}:${match[2]}` : `${id} (in what it includes, line ${match[2]})`;
  return `${where}: ${match[3]}`;
}
