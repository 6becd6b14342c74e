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
  let from = left.length;
  let room = MOST_CHARACTERS;
  for (let next = left.at(-1); next !== undefined && next.length <= room; next = left[from - 1]) {
    room -= next.length;
    from -= 1;
  }
  return left.slice(from).join('');
}
