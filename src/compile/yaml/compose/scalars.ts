import { YamlFloat } from './yaml-float.ts';

/** What a plain scalar can mean. Integers beyond 2^53 stay text, because only their digits matter in a script. */
export type ScalarValue = string | number | boolean | null | YamlFloat;

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['~', null],
  ['null', null],
  ['yes', true],
  ['true', true],
  ['on', true],
  ['no', false],
  ['false', false],
  ['off', false],
]);
const LONGEST_WORD = 5;

const INTEGER =
  /^[-+]?(?:0b[01_,]*[01][01_,]*|0[0-7_,]*|[1-9](?:[0-9]|,[0-9]|_[0-9])*|0x[0-9a-fA-F_,]*[0-9a-fA-F][0-9a-fA-F_,]*)$/;
const FLOAT = /^[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][-+][0-9]+)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}(\.[0-9_]*)?$/;
const INFINITY = /^([-+]?)\.inf$/i;

/** Which first characters (`charCodeAt(0)`) can start something else than text. Most scalars are text and stop here. */
const SPECIAL = new Uint8Array(128);
for (const character of '+-.0123456789~nNtTfFyYoO') SPECIAL[character.charCodeAt(0)] = 1;

/**
 * A plain scalar as YAML 1.1 in Ruby's Psych reads it, because that is what GitLab's users write for: `yes` and `on` are true, `y` is text,
 * `0777` is octal, `1:30` is base 60 (with Psych's own place values). Dates and `:symbols` stay text, where Psych makes objects of them.
 */
export function resolvePlainScalar(text: string): ScalarValue {
  if (text === '') return null;
  const first = text.charCodeAt(0);
  if (first > 127 || SPECIAL[first] === 0) return text;
  if (first > 57 || first === 126) return resolveWord(text);
  return resolveNumber(text);
}

function resolveWord(text: string): ScalarValue {
  if (text.length > LONGEST_WORD) return text;
  const word = WORDS.get(text) ?? WORDS.get(text.toLowerCase());
  return word === undefined && text !== '~' && text.toLowerCase() !== 'null' ? text : (word ?? null);
}

function resolveNumber(text: string): ScalarValue {
  if (INTEGER.test(text)) return parseInteger(text);
  if (text.includes(':')) return parseBase60(text) ?? text;
  if (!text.includes('.')) return text;
  if (FLOAT.test(text)) return parseFloatText(text) ?? text;
  const infinite = INFINITY.exec(text);
  if (infinite) return new YamlFloat(infinite[1] === '-' ? -Infinity : Infinity);
  return /^\.nan$/i.test(text) ? new YamlFloat(Number.NaN) : text;
}

function parseInteger(text: string): number | string {
  const negative = text.startsWith('-');
  let digits = text.replace(/[,_+-]/g, '');
  if (digits.length > 1 && digits.startsWith('0') && /^[0-7]+$/.test(digits)) digits = `0o${digits}`;
  const size = Number(digits);
  if (Number.isSafeInteger(size)) return negative && size !== 0 ? -size : size;
  return `${negative ? '-' : ''}${BigInt(digits)}`;
}

function parseFloatText(text: string): YamlFloat | null {
  const digits = text.replace(/[,_]/g, '').replace(/\.(?=[eE]|$)/, '');
  const value = Number(digits);
  return digits === '' || /^[-+]?[eE]|^[-+]$/.test(digits) || Number.isNaN(value) ? null : new YamlFloat(value);
}

/** Psych weighs the first part with 60², the second with 60 and the third with 1, however many parts there are. */
function parseBase60(text: string): number | YamlFloat | null {
  const match = BASE_60.exec(text);
  if (!match) return null;
  let sum = 0;
  for (const [index, part] of text.replaceAll('_', '').split(':').entries()) sum += Number(part) * 60 ** (2 - index);
  return match[1] === undefined ? sum : new YamlFloat(sum);
}
