// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const COLOURS = /\u001b\[([0-9;:]*)m/g;
const RESET = /^(?:0*|0+[;:].*)$/;
const MOST_CHARACTERS = 256;

/** Escape sequences that bring about the colours which are on after a text; '' where they are the usual ones. Of very many the last. */
export function coloursLeft(text: string): string {
  if (!text.includes('\u001b[')) return '';
  let left: string[] = [];
  for (const [sequence, parameters = ''] of text.matchAll(COLOURS)) {
    if (RESET.test(parameters)) left = /^[0;:]*$/.test(parameters) ? [] : [sequence];
    else left.push(sequence);
  }
  while (left.length > 1 && left.reduce((sum, { length }) => sum + length, 0) > MOST_CHARACTERS) left = left.slice(1);
  const all = left.join('');
  return all.length > MOST_CHARACTERS ? '' : all;
}
