const GENES = 32;

/** One alternative of a choice of the grammar: `name` says in words what it draws. */
export interface Part<F> {
  readonly name: string;
  readonly weight: number;
  readonly write: F;
}

/** Writes one program: random choices, genes in order, includes, functions, and the lines of the function being written. */
export interface Writer {
  /** Uniform in (0, 1). */
  uniform(): number;
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  /** A constant between the two, as text of GLSL. */
  number(low: number, high: number): string;
  /** A number of each picture: a gene scaled into a random part of low…high. */
  gene(low: number, high: number): string;
  /** A hue of each picture about one of the program, more often that of soil and skin or of sky than others. */
  hue(): string;
  /** The first of `count` genes in a row, for the library's ramps. */
  genes(count: number): number;
  /** Something that moves with the picture's time or a gene. */
  phase(): string;
  pick<T>(options: readonly T[]): T;
  /** One of the parts by weight; its name joins the description. */
  choose<F>(parts: readonly Part<F>[]): F;
  include(...names: string[]): void;
  line(text: string): void;
  /** A new name that begins with this one. */
  fresh(name: string): string;
  /** Writes `type name(args)`; `body` writes its lines and returns what the function returns. The function's name. */
  define(type: string, name: string, args: string, body: () => string): string;
  /** All texts in order. */
  finish(): { readonly text: string; readonly parts: readonly string[] };
}

/** A number as GLSL writes it, to three digits at most. */
export function glsl(value: number): string {
  const size = Math.abs(value);
  const text = String(Number(value.toFixed(size >= 10 ? 1 : 2)));
  return text.includes('.') ? text : `${text}.0`;
}

/** A writer of one program, whose choices are these uniform draws. */
export function openWriter(uniform: () => number): Writer {
  const includes = new Set<string>();
  const parts: string[] = [];
  const functions: string[] = [];
  const names = new Map<string, number>();
  let body: string[] = [];
  let nextGene = 0;
  const number = (low: number, high: number): string => glsl(low + (high - low) * uniform());
  const whole = (low: number, high: number): number => low + Math.floor((high - low + 1) * uniform());
  const gene = (low: number, high: number): string => {
    const middle = low + (high - low) * (0.3 + 0.4 * uniform());
    const reach = (high - low) * (0.2 + 0.25 * uniform());
    return `gene(${nextGene++ % GENES}, ${glsl(Math.max(low, middle - reach))}, ${glsl(Math.min(high, middle + reach))})`;
  };
  const fresh = (name: string): string => {
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return count === 1 ? name : `${name}${String.fromCharCode(64 + count)}`;
  };
  return {
    uniform,
    chance: (probability) => uniform() < probability,
    whole,
    number,
    gene,
    hue() {
      const kind = uniform();
      const from = kind < 0.3 ? 0.12 * uniform() : kind < 0.5 ? 0.5 + 0.15 * uniform() : uniform();
      return `gene(${nextGene++ % GENES}, ${glsl(from - 0.02)}, ${glsl(from + 0.03 + 0.2 * uniform() ** 2)})`;
    },
    genes(count) {
      if (nextGene + count > GENES) nextGene = 0;
      nextGene += count;
      return nextGene - count;
    },
    phase() {
      const kind = uniform();
      if (kind < 0.45) return `${number(0.3, 1.5)} * time`;
      return `${gene(0, 6.28)} + ${number(0.2, 0.8)} * time`;
    },
    pick: (options) => options[Math.floor(uniform() * options.length)]!,
    choose(options) {
      const total = options.reduce((sum, { weight }) => sum + weight, 0);
      let left = total * uniform();
      const part =
        options.find(({ weight }) => {
          left -= weight;
          return left < 0;
        }) ?? options[options.length - 1]!;
      parts.push(part.name);
      return part.write;
    },
    include(...added) {
      for (const name of added) includes.add(name);
    },
    line: (text) => body.push(text),
    fresh,
    define(type, name, args, write) {
      const outer = body;
      body = [];
      const called = fresh(name);
      const result = write();
      const lines = [...body, `return ${result};`];
      functions.push(
        lines.length === 1
          ? `${type} ${called}(${args}) { ${lines[0]} }`
          : [`${type} ${called}(${args}) {`, ...lines.map((text) => `  ${text}`), '}'].join('\n'),
      );
      body = outer;
      return called;
    },
    finish() {
      // <stage> calls the program's own scene: it comes after that.
      const late = [...includes].filter((name) => name === 'stage');
      const early = [...includes].filter((name) => name !== 'stage').sort();
      const scene = late.length ? functions.findIndex((text) => text.startsWith('float scene(')) : -1;
      const blocks = functions.flatMap((text, i) =>
        i === scene ? [text, ...late.map((name) => `#include <${name}>`)] : [text],
      );
      const said = [...new Set(parts.filter((part) => part !== ''))].join(', ');
      return {
        text: `${[`// Draws: ${said}.`, ...early.map((name) => `#include <${name}>`), ...blocks].join('\n')}\n`,
        parts,
      };
    },
  };
}
