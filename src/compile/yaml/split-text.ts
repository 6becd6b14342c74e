/** Below this, splitting saves nothing. Measured: pieces of 64 Ki are as good as smaller ones. */
const PIECE_CHARS = 64 * 1024;

/**
 * Where a large file may be cut: before lines that start with an ordinary character, which in a block mapping can only be its next key. Read
 * piece by piece, the events of a file (ten times its size) die young instead of being kept until its end; that saves a tenth of the time of
 * a compile. Whoever reads the pieces must check that each is one document without marks, and
 * in it a block mapping, and else read the file as a whole.
 */
export function splitText(text: string): readonly string[] {
  if (text.length < 2 * PIECE_CHARS) return [text];
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = nextKeyLine(text, start + PIECE_CHARS);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function nextKeyLine(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (isOrdinary(text.charCodeAt(at + 1))) return at + 1;
  }
  return text.length;
}

/** A letter, a digit, `.` or `_`: nothing that YAML gives a meaning at the start of a line. NaN at the end of the text. */
function isOrdinary(code: number): boolean {
  if (code >= 97) return code <= 122;
  return (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 46 || code === 95;
}
