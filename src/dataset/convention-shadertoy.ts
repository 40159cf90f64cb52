import { messageOf, UserError } from '../core/errors.js';
import { lacking } from './convention-lacking.js';
import { globalsOf, type Parsed, parse } from './convention-parsed.js';
import { isDirective, mapWords, significant, type Tokens, wordCounts } from './convention-tokens.js';
import type { Wrapping } from './convention-wrap.js';
import { OLD_TEXTURE_FUNCTIONS, withNewTextureNames } from './glsl-100.js';

/** Whether a text can only be JSON: no GLSL begins so. */
export const isJson = (text: string): boolean => /^\ufeff?\s*(?:\[|\{\s*["}])/.test(text);

/** What stands at a texture channel. */
type Channel = 'noise' | 'black';

/** A Shadertoy program of one pass. */
export interface Shadertoy {
  /** The common code and the picture's. */
  readonly common: string;
  readonly image: string;
  readonly channels: readonly Channel[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a kind of input would need. */
const LACKED: Readonly<Record<string, string>> = {
  buffer: 'multi-pass buffers',
  cubemap: 'a cube map',
  volume: 'a 3-D texture',
  music: 'audio',
  musicstream: 'audio',
  mic: 'audio',
  video: 'a video',
  webcam: 'a video',
};

function passesOf(text: string): Readonly<Record<string, unknown>>[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UserError(`broken JSON: ${messageOf(error).slice(0, 200)}`);
  }
  if (Array.isArray(value)) {
    if (value.length !== 1) throw new UserError(`JSON with ${value.length} programs, expected one a file`);
    [value] = value;
  }
  if (isRecord(value) && isRecord(value.Shader)) value = value.Shader;
  if (!isRecord(value) || !Array.isArray(value.renderpass))
    throw new UserError('JSON without "renderpass", expected a program as Shadertoy exports it');
  return value.renderpass.filter(isRecord);
}

const codeOf = ({ code }: Readonly<Record<string, unknown>>): string => {
  if (typeof code !== 'string') throw new UserError('a "renderpass" without "code"');
  return code;
};

/** A number, or one in quotes. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/**
 * Reads Shadertoy's JSON: `renderpass`, as such, under `Shader` as the site's API has it, or in a list of one. Passes that
 * the picture does not read (sound, buffers) are left out.
 *
 * @throws UserError for anything else, and for inputs that are not to be had here, beginning with "needs "
 */
export function parseShadertoy(text: string): Shadertoy {
  const passes = passesOf(text);
  const ofType = (type: string) => passes.filter((pass) => pass.type === type);
  // Old exports of one pass do not say which it is.
  const image = ofType('image')[0] ?? (passes.length === 1 && !passes[0]!.type ? passes[0] : undefined);
  if (!image) throw new UserError('JSON without a pass of type "image"');
  const common = ofType('common').map(codeOf).join('\n');
  const code = codeOf(image);
  const inputs = Array.isArray(image.inputs) ? image.inputs.filter(isRecord) : [];
  const words = wordCounts(parse(`${common}\n${code}`).tokens);
  const channels = Array.from({ length: 4 }, (_, channel): Channel => {
    const name = `iChannel${channel}`;
    const input = inputs.find((one) => numberOf(one.channel) === channel);
    const given = input?.ctype ?? input?.type ?? 'nothing';
    const kind = typeof given === 'string' ? given.slice(0, 40) : typeof given;
    if (kind === 'texture') return 'noise';
    if (!words.has(name) || kind === 'keyboard' || kind === 'nothing') return 'black';
    const what = Object.hasOwn(LACKED, kind) ? LACKED[kind]! : 'an input that is not known';
    throw lacking(`${what}: ${name} (${kind})`);
  });
  return { common, image: code, channels };
}

/** What of Shadertoy's uniforms has no channel. */
const UNIFORMS: readonly (readonly [type: string, name: string, size?: string])[] = [
  ['vec3', 'iResolution'],
  ['float', 'iTime'],
  ['float', 'iGlobalTime'],
  ['float', 'iTimeDelta'],
  ['float', 'iFrameRate'],
  ['float', 'iSampleRate'],
  ['int', 'iFrame'],
  ['vec4', 'iMouse'],
  ['vec4', 'iDate'],
  ['float', 'iChannelTime', '[4]'],
  ['vec3', 'iChannelResolution', '[4]'],
];

/** What a Shadertoy program finds, by name, and others must declare. */
export const SHADERTOY_NAMES: readonly string[] = [
  ...UNIFORMS.map(([, name]) => name),
  ...Array.from({ length: 4 }, (_, i) => `iChannel${i}`),
];

/**
 * `mainImage` with a colour that is set when it begins, as some add to it at once; an entry point of its own, or a macro of
 * that name, set aside.
 */
function prepared(tokens: Tokens): string[] {
  const left = mapWords(tokens, (word) => (word === 'main' ? 'fidsweepOwnMain' : word)).map((token) =>
    isDirective(token) ? token.replace(/\bmainImage[ \t]*\([ \t]*out\b/, 'mainImage(inout') : token,
  );
  const code = significant(left);
  for (const [k, i] of code.entries()) {
    const [parenthesis, direction] = [code[k + 1], code[k + 2]];
    if (left[i] !== 'mainImage' || parenthesis === undefined || direction === undefined) continue;
    if (left[parenthesis] === '(' && left[direction] === 'out') left[direction] = 'inout';
  }
  return left;
}

/** A Shadertoy program and what goes around it; what stands in the bare text of one has noise in all channels. */
export function shadertoyWrapping(text: string): { parsed: Parsed; wrapping: Wrapping; newNames?: Parsed } {
  const json = isJson(text);
  const { common, image, channels }: Shadertoy = json
    ? parseShadertoy(text)
    : { common: '', image: text, channels: Array(4).fill('noise') };
  const given = parse(common ? `#line 1 2\n${common}\n#line 1 1\n${image}` : image);
  const declared = new Set(globalsOf(given, 'uniform').map(({ name }) => name));
  const lines = UNIFORMS.filter(([, name]) => !declared.has(name)).map(
    ([type, name, size = '']) => `uniform ${type} ${name}${size};`,
  );
  for (const [i, channel] of channels.entries()) {
    if (declared.has(`iChannel${i}`)) continue;
    if (channel === 'noise') lines.push(`uniform sampler2D iChannel${i};`);
    else lines.push(`uniform sampler2D iKeyboard${i};`, `#define iChannel${i} iKeyboard${i}`);
  }
  if (!given.words.has('HW_PERFORMANCE') || !given.tokens.some((token) => /^#\s*define\s+HW_PERFORMANCE/.test(token)))
    lines.push('#define HW_PERFORMANCE 1');
  const parsed = { ...given, tokens: prepared(given.tokens) };
  const wrapping: Wrapping = {
    version: 300,
    prelude: lines.join('\n'),
    after: 'void fidsweepMain() { mainImage(fidsweepColor, gl_FragCoord.xy); }',
    color: 'fidsweepColor',
  };
  // Programs from before the site had GLSL ES 3.00.
  if (![...given.words.keys()].some((word) => OLD_TEXTURE_FUNCTIONS.has(word))) return { parsed, wrapping };
  return { parsed, wrapping, newNames: { ...parsed, tokens: withNewTextureNames(parsed.tokens) } };
}
