/**
 * The part of RE2's syntax that JavaScript's engine reads in exactly the same way, on texts where its backtracking is bounded.
 * It covers nearly every expression in real CI files and spares them the loading of an RE2 engine.
 */
export interface SimpleRegex {
  /** Whether `test` is sure to answer as RE2 would, and soon. */
  accepts(text: string): boolean;
  test(text: string): boolean;
}

/** Ways that the engine may have to try on one text; about a millisecond's worth. */
const MAX_WAYS = 1_000_000;

/** Letters of JavaScript and RE2 differ outside ASCII (case folding, code units), so such texts are left to RE2. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII.
const ASCII = /^[\x00-\x7f]*$/;

/** One element at a time; anything else makes the expression not simple. A quantifier follows its atom directly. */
const ELEMENT =
  /(?<atom>[\w\-/ :,@#%&=<>!~"'`;]|\\[dDwW.\-/+*?()[\]{}|^$]|(?<dot>\.)|(?<space>\\[sS])|\[\^?-?(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[\w./ @#:,+=~!]|\\[dw.\-/+])+-?\])(?<times>[*+?]\??|\{\d{1,2}(?:,\d{0,2})?\}\??)?|(?<anchor>[\^$]|\\b)(?![*+?{])|(?<open>\((?:\?:)?)(?![*+?{])|(?<close>\)(?<optional>\?\??)?)(?![*+{?])|(?<or>\|)(?![*+?{])/y;

/** null: not simple. */
export function compileSimpleRegex(source: string, flags: string): SimpleRegex | null {
  if (!/^[isU]*$/.test(flags) || /[*+?{]/.test(source.charAt(0))) return null;
  const translated = translate(source, flags.includes('s'));
  if (translated === null) return null;
  const regex = compile(translated.source, flags.includes('i') ? 'i' : '');
  if (regex === null) return null;
  // Each choice (where to start, how often to repeat) has at most length + 1 ways; alternatives multiply them.
  const maxLength = Math.floor((MAX_WAYS / translated.alternatives) ** (1 / (translated.repeats + 1))) - 1;
  return {
    accepts: (text) => text.length <= maxLength && ASCII.test(text),
    test: (text) => regex.test(text),
  };
}

interface Translated {
  readonly source: string;
  readonly repeats: number;
  readonly alternatives: number;
}

function translate(source: string, dotMatchesNewline: boolean): Translated | null {
  let text = '';
  let repeats = 0;
  let alternatives = 1;
  for (let offset = 0; offset < source.length; offset = ELEMENT.lastIndex) {
    ELEMENT.lastIndex = offset;
    const match = ELEMENT.exec(source);
    const groups = match?.groups;
    if (match === null || groups === undefined) return null;
    if (groups.times !== undefined) repeats += 1;
    if (groups.or !== undefined || groups.optional !== undefined) alternatives *= 2;
    if (groups.dot !== undefined) text += (dotMatchesNewline ? '[\\s\\S]' : '[^\\n]') + (groups.times ?? '');
    else if (groups.space !== undefined) text += spaceClass(groups.space) + (groups.times ?? '');
    else text += match[0];
  }
  return { source: text, repeats, alternatives };
}

/** RE2's `\s` is smaller than JavaScript's. */
function spaceClass(written: string): string {
  return written === '\\s' ? '[\\t\\n\\f\\r ]' : '[^\\t\\n\\f\\r ]';
}

/** What is out of order in both engines (an open group, `[z-a]`, `{3,1}`) is left to RE2 to refuse. */
function compile(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}
