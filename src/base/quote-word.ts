/** Any text but NUL, several lines included, as one word of a POSIX shell's script. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
