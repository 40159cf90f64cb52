import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

/** The stages, in the order in which data flows; the files directly in src/ join them, cli/ opens and prints. */
const STAGES = ['core', 'dataset', 'mix', 'render', 'extract', 'statistics', 'metrics', 'search', 'store', 'report'];
const PURE = ['mix', 'statistics', 'metrics', 'search', 'report'];

/** A syntax tree's node, as ESTree has it. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

const parse = (text: string): Node => parseAst(text, { lang: 'ts' }) as unknown as Node;

interface Import {
  readonly from: string;
  /** What is imported: a path from src/, or a package. */
  readonly to: string;
  readonly value: boolean;
}

const named = (node: Node, key: string): Node[] => (node[key] as Node[] | undefined) ?? [];
const isType = (node: Node): boolean => node.importKind === 'type' || node.exportKind === 'type';

/** Whether an import or an export from elsewhere is of types alone. */
function ofTypes(node: Node): boolean {
  const names = named(node, 'specifiers');
  return isType(node) || (names.length > 0 && names.every(isType));
}

function source(node: Node): string | undefined {
  const literal = node.source;
  return isNode(literal) && typeof literal.value === 'string' ? literal.value : undefined;
}

const IMPORTING = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
];

/** Where `import(expression)` leads: refused, as nobody can check it. */
const COMPUTED = 'a computed path';

function importsOf(from: string, text: string): Import[] {
  return [...walk(parse(text))].flatMap((node): Import[] => {
    if (!IMPORTING.includes(node.type)) return [];
    const to = source(node);
    if (to === undefined) return node.type === 'ImportExpression' ? [{ from, to: COMPUTED, value: true }] : [];
    const path = to.startsWith('.') ? posix.join(posix.dirname(from), to).replace(/\.js$/, '.ts') : to;
    return [{ from, to: path, value: node.type !== 'TSImportType' && !ofTypes(node) }];
  });
}

/** `core`, `cli`…; empty for the files directly in src/. */
const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

/** Why an import between files of ours may not be; nothing when it may. */
function forbidden({ from, to, value }: Import): string | undefined {
  const [here, there] = [folderOf(from), folderOf(to)];
  if (to.startsWith('../')) return 'leaves src/';
  if (here === there || here === 'cli') return undefined;
  if (there === 'cli') return 'nothing imports cli/';
  if (here === '') return STAGES.includes(there) ? undefined : `${there}/ is no stage`;
  if (!STAGES.includes(here)) return `${here}/ is no stage`;
  if (there === '') return 'a stage knows nothing of what joins the stages';
  if (STAGES.indexOf(there) > STAGES.indexOf(here)) return `${there}/ comes after ${here}/`;
  return value && there !== 'core'
    ? 'values come from core/ or the same folder, types alone from earlier stages'
    : undefined;
}

/** A cycle of folders along imports, if there is one. */
function folderCycle(imports: readonly Import[]): string[] | undefined {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    if (folderOf(from) !== folderOf(to))
      edges.set(folderOf(from), (edges.get(folderOf(from)) ?? new Set()).add(folderOf(to)));
  }
  const done = new Set<string>();
  const visit = (folder: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(folder)) return [...path.slice(path.indexOf(folder)), folder];
    if (done.has(folder)) return undefined;
    for (const next of edges.get(folder) ?? []) {
      const cycle = visit(next, [...path, folder]);
      if (cycle) return cycle;
    }
    done.add(folder);
    return undefined;
  };
  for (const folder of edges.keys()) {
    const cycle = visit(folder, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** What a stage of pure functions may not touch: files, the clock, the process, the console, chance. */
function impurities(path: string, text: string): string[] {
  const found = importsOf(path, text)
    .filter(({ to }) => to.startsWith('node:'))
    .map(({ to }) => to);
  const name = (value: unknown) => (isNode(value) && value.type === 'Identifier' ? String(value.name) : undefined);
  for (const node of walk(parse(text))) {
    if (node.type === 'MemberExpression') {
      const object = name(node.object);
      const member = `${object}.${name(node.property) ?? '?'}`;
      if (['console', 'process', 'performance', 'globalThis', 'crypto'].includes(object ?? '')) found.push(member);
      if (['Math.random', 'Date.now', 'Math.?', 'Date.?'].includes(member)) found.push(member);
    }
    const called = node.type === 'CallExpression' || node.type === 'NewExpression' ? name(node.callee) : undefined;
    if (called === 'fetch' || called === 'require') found.push(called);
    if (called === 'Date') {
      const [first, ...rest] = named(node, 'arguments');
      const fixed =
        node.type === 'NewExpression' && first?.type === 'Literal' && typeof first.value === 'string' && !rest.length;
      if (!fixed) found.push('Date');
    }
  }
  return found;
}

/** Everything that is wrong with the imports of some files: path from src/ → text. */
function violations(files: ReadonlyMap<string, string>): string[] {
  const imports = [...files].flatMap(([path, text]) => importsOf(path, text));
  const ours = imports.filter(({ to }) => to.includes('.ts') || to.startsWith('../') || to === COMPUTED);
  const edges = ours.flatMap((edge) => {
    const why = files.has(edge.to) || edge.to.startsWith('../') ? forbidden(edge) : 'there is no such file';
    return why === undefined ? [] : [`${edge.from} → ${edge.to}: ${why}`];
  });
  const cycle = folderCycle(ours);
  const impure = [...files].flatMap(([path, text]) =>
    PURE.includes(folderOf(path)) ? impurities(path, text).map((what) => `${path}: ${what}`) : [],
  );
  return [...edges, ...(cycle ? [`cycle: ${cycle.join(' → ')}`] : []), ...impure];
}

function sources(): Map<string, string> {
  const root = join(import.meta.dirname, '..', 'src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return new Map(files.map((file) => [file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')]));
}

describe('src/', () => {
  const files = sources();

  test('has the stages and nothing else', () => {
    const folders = new Set([...files.keys()].map(folderOf));
    expect([...folders].sort()).toEqual(['', 'cli', ...STAGES].sort());
  });

  test('imports along the stages only, and its pure stages are pure', () => {
    expect(violations(files)).toEqual([]);
  });
});

describe('the check itself', () => {
  const TARGETS = [
    'core/random.ts',
    'core/errors.ts',
    'dataset/folder.ts',
    'mix/recipe.ts',
    'metrics/frechet.ts',
    'store/run.ts',
    'report/table.ts',
    'cli/open.ts',
    'sweep.ts',
  ];
  const made = (path: string, text: string) =>
    violations(new Map([...TARGETS.map((target) => [target, ''] as const), [path, text]]));

  test.each([
    ['mix/x.ts', "import { draws } from '../core/random.js';"],
    ['mix/x.ts', "import { recipe } from './recipe.js';"],
    ['mix/x.ts', "import type { Choice } from '../dataset/folder.js';"],
    ['mix/x.ts', "import { type A, type B } from '../dataset/folder.js';"],
    ['mix/x.ts', "export type { Choice } from '../dataset/folder.js';"],
    ['mix/x.ts', "type A = import('../dataset/folder.js').A;"],
    [
      'mix/x.ts',
      "// import { Run } from '../store/run.js';\nconst text = \"import '../cli/open.js'; console.log(1)\";",
    ],
    ['mix/x.ts', "const d = new Date('1980-01-01'); const m = Math.max(1, 2); const o = { console: 1, process: 2 };"],
    ['store/x.ts', "import { readFileSync } from 'node:fs'; console.log(Date.now(), new Date());"],
    ['score.ts', "import { frechetDistance } from './metrics/frechet.js'; import { sweep } from './sweep.js';"],
    [
      'cli/x.ts',
      "import { sweep } from '../sweep.js'; import { recipe } from '../mix/recipe.js'; await import('./open.js');",
    ],
  ])('lets pass: %s: %s', (path, text) => {
    expect(made(path, text)).toEqual([]);
  });

  test.each([
    [
      'mix/x.ts',
      "import { openFolder } from '../dataset/folder.js';",
      /mix\/x\.ts → dataset\/folder\.ts: values come from core/,
    ],
    ['mix/x.ts', "import { type A, b } from '../dataset/folder.js';", /values come from core/],
    ['mix/x.ts', "import '../dataset/folder.js';", /values come from core/],
    ['mix/x.ts', "import {\n  b,\n} from\n  '../dataset/folder.js';", /values come from core/],
    ['mix/x.ts', "import * as all from '../dataset/folder.js';", /values come from core/],
    ['mix/x.ts', "export * from '../dataset/folder.js';", /values come from core/],
    ['mix/x.ts', "export { b } from '../dataset/folder.js';", /values come from core/],
    ['dataset/x.ts', "const a = async () => (await import('../store/run.js')).Run;", /store\/ comes after dataset\//],
    ['store/x.ts', 'const a = (name: string) => import(name);', /a computed path: there is no such file/],
    [
      'mix/x.ts',
      "import type { Run } from '../store/run.js';",
      /mix\/x\.ts → store\/run\.ts: store\/ comes after mix\//,
    ],
    ['core/x.ts', "import type { Choice } from '../dataset/folder.js';", /dataset\/ comes after core\//],
    ['store/x.ts', "type A = import('../report/table.js').A;", /report\/ comes after store\//],
    ['report/x.ts', "import type { Values } from '../cli/open.js';", /nothing imports cli/],
    ['score.ts', "import { open } from './cli/open.js';", /nothing imports cli/],
    ['report/x.ts', "import type { Sweep } from '../sweep.js';", /a stage knows nothing of what joins the stages/],
    ['helpers/x.ts', "import { draws } from '../core/random.js';", /helpers\/ is no stage/],
    ['mix/x.ts', "import { a } from './gone.js';", /mix\/gone\.ts: there is no such file/],
    ['cli/x.ts', "import a from '../../package.json';", /leaves src\//],
    ['mix/x.ts', "import { readFileSync } from 'node:fs';", /mix\/x\.ts: node:fs/],
    ['metrics/x.ts', 'console.error(1);', /metrics\/x\.ts: console\.error/],
    ['search/x.ts', 'const seed = process.env.SEED;', /search\/x\.ts: process\.env/],
    ['statistics/x.ts', 'const a = () => Math.random();', /Math\.random/],
    ['statistics/x.ts', "const a = Math['random']();", /Math\.\?/],
    ['report/x.ts', 'const now = Date.now();', /Date\.now/],
    ['report/x.ts', 'const now = new Date();', /report\/x\.ts: Date/],
    ['report/x.ts', 'const now = Date();', /report\/x\.ts: Date/],
    ['report/x.ts', 'const then = (started: string) => new Date(started);', /report\/x\.ts: Date/],
    ['mix/x.ts', 'const t = performance.now();', /performance\.now/],
  ])('catches: %s: %s', (path, text, message) => {
    expect(made(path, text)).toContainEqual(expect.stringMatching(message));
  });

  test('catches a cycle of folders', () => {
    const files = new Map([
      ['mix/a.ts', "import type { B } from '../search/b.js';"],
      ['search/b.ts', "import type { C } from '../store/c.js';"],
      ['store/c.ts', "import type { A } from '../mix/a.js';"],
    ]);
    expect(violations(files)).toContain('cycle: mix → search → store → mix');
  });
});
