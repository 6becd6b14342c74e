/** A word for a shell, of lines that somebody is to paste: a branch may be called what a shell would run. */
export function quoted(word: string): string {
  return /^[\w./:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
