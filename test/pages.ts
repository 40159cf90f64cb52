import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pages of the documentation, and what stands in them. */

export const ROOT = join(import.meta.dirname, '..');

export interface Page {
  /** Path from the checkout's root. */
  readonly path: string;
  readonly text: string;
}

export const PAGES: readonly Page[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The fenced blocks of a language. */
export const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block!);

/** Lines behind `$ ` in blocks of a shell, those that a backslash breaks in one, without the remarks at their ends. */
export const shellLines = (text: string): string[] =>
  blocks(text, 'console').flatMap((block) =>
    [...block.replace(/\\\n\s*/g, '').matchAll(/^\$ (.*)$/gm)].map(([, line]) => line!.replace(/\s+# .*$/, '')),
  );

/** Words of a line as a shell splits it, as far as quotes go; redirections and pipes end it. */
export const wordsOf = (line: string): string[] =>
  [...line.replace(/\s(?:[|>]|2>|&&).*$/, '').matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/['"]/g, ''),
  );

/** Text without its fenced blocks. */
export const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** The anchor that a heading gets, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

export const anchors = (text: string): string[] =>
  [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));

/** Targets of links and pictures. */
export const links = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
