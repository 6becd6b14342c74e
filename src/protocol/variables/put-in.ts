/** What all references of one text may put in, in characters: no program can be given more in one variable. */
export const MOST_PUT_IN = 128 * 1024;

/** The same of all variables of a job together. */
export const MOST_PUT_IN_ALL = 128 * MOST_PUT_IN;

/**
 * Replaces references in a text. One that would get longer by more than `most` stays as it is: a few lines of variables that refer to each other can ask for
 * more than any memory holds.
 */
export function putIn(
  text: string,
  reference: RegExp,
  wordsFor: (match: string, groups: readonly (string | undefined)[]) => string,
  most = MOST_PUT_IN,
): { readonly text: string; readonly isTooLong: boolean } {
  let left = most;
  const expanded = text.replace(reference, (match: string, ...groups) => {
    const value = left < 0 ? '' : wordsFor(match, groups);
    left -= value.length;
    return left < 0 ? '' : value;
  });
  return left < 0 ? { text, isTooLong: true } : { text: expanded, isTooLong: false };
}
