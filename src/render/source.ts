/** The program's own mistake; `message` is the driver's log. */
export class CompileError extends Error {}

/** What headless-gl refuses outside comments, legal or not. It then compiles an empty shader in the source's place. */
const FORBIDDEN = /["$`@\\'\0]/;

const LINE = /^\s*#\s*line\s+(\d+)(?:\s+(\d+))?/;

/** A continued line's end, a comment (continued or not closed), a line's end. */
const PARTS = /\\\r?\n|\/\/[^\n]*(?:(?<=\\\r?)\n[^\n]*)*|\/\*(?:[\s\S]*?\*\/|[\s\S]*$)|\n/g;

/** Without comments and with continued lines joined, as GLSL's own preprocessor does. All else keeps its line. */
function preprocess(source: string): string {
  let lineStart = 0;
  // Line ends taken out of the current line, which follow it so that the next one has its number.
  let owed = 0;
  return source.replace(PARTS, (part, offset: number) => {
    if (part === '\n') {
      lineStart = offset + 1;
      const ends = '\n'.repeat(1 + owed);
      owed = 0;
      return ends;
    }
    const ends = part.split('\n').length - 1;
    const closed = !part.startsWith('/*') || (part.length > 3 && part.endsWith('*/'));
    if (!closed) return `/*${'\n'.repeat(ends)}`;
    // A directive ends with its line, so that a comment in it must not end the line.
    if (part.startsWith('/*') && !/^\s*#/.test(source.slice(lineStart, offset))) return ` ${'\n'.repeat(ends)}`;
    owed += ends;
    return part.startsWith('/') ? ' ' : '';
  });
}

/**
 * The same program in characters that headless-gl takes.
 *
 * @throws CompileError in the driver's form, text and line as `#line` directives number them, for a character that GLSL
 *   does not have
 */
export function acceptableSource(source: string): string {
  const plain = preprocess(source);
  let text = 0;
  let line = 1;
  for (const content of plain.split('\n')) {
    const directive = LINE.exec(content);
    const [character] = FORBIDDEN.exec(content) ?? [];
    if (character !== undefined) {
      const shown = character === '\0' ? '\\0' : character;
      throw new CompileError(`ERROR: ${text}:${line}: '${shown}' : character not allowed`);
    }
    line = directive ? Number(directive[1]) : line + 1;
    text = Number(directive?.[2] ?? text);
  }
  return plain;
}
