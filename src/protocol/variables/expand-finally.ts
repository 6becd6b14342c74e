import { putIn } from './put-in.ts';

/**
 * Replaces `$NAME` and `${NAME}` by what `lookup` knows, once: what was put in is not looked at again. `$$` is a dollar sign, an unknown
 * name nothing, a dollar sign before anything else stays. Source: how GitLab's runner expands (the rules of Go's `os.Expand`). A text that would
 * get far too long stays as it is.
 */
export function expandFinally(text: string, lookup: (name: string) => string | undefined): string {
  return expandWithin(text, lookup).text;
}

/** @param most as in `putIn` */
export function expandWithin(
  text: string,
  lookup: (name: string) => string | undefined,
  most?: number,
): ReturnType<typeof putIn> {
  if (!text.includes('$')) return { text, isTooLong: false };
  return putIn(text, REFERENCE, (match, found) => replacement(match, found, lookup), most);
}

/** Braces around anything; an opening brace that is never closed; one special character; a name. */
const REFERENCE = /\$(?:\{([^}]*)\}|(\{)|([*#$@!?0-9-])|(\w+))/g;

function replacement(
  match: string,
  [braced, unclosed, special, name]: readonly (string | undefined)[],
  lookup: (name: string) => string | undefined,
): string {
  if (match === '$$' || match === '${$}') return '$';
  // Bad syntax is dropped: `${}` whole, of `${abc` the first two characters.
  if (unclosed !== undefined || braced === '') return '';
  return lookup(braced ?? special ?? name ?? '') ?? '';
}
