/**
 * Makes text from a job or a file safe to show: what it prints must not move our cursor, rename the window or hide
 * what follows. Section markers go, colours stay only when asked for, and of a line that a progress bar overwrote with
 * carriage returns the last state stays, as a terminal would show it.
 */
export function cleanLine(line: string, keepColours: boolean): string {
  if (!UNSAFE.test(line)) return line;
  const shown = lastOverwrite(line.replace(SECTION_MARKER, ''));
  const coloured = keepColours ? shown.replace(ESCAPE_BUT_COLOUR, '') : shown.replace(ESCAPE, '');
  const safe = coloured.replaceAll('\t', '    ').replace(keepColours ? CONTROL_BUT_ESCAPE : CONTROL, '');
  return keepColours && safe.includes('\x1b') ? `${safe}\x1b[0m` : safe;
}

/** For names and messages: one line, no colours. */
export function printable(text: string): string {
  return cleanLine(text.replaceAll('\n', ' '), false);
}

/** True when nothing but section markers stood on the line, so that the line itself can go. */
export function isOnlyMarkers(line: string): boolean {
  return line.includes('section_') && line.replace(SECTION_MARKER, '') === '';
}

function lastOverwrite(line: string): string {
  let end = line.length;
  // By hand: `/\r+$/` takes quadratic time when a long row of them stands before something else.
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

// The control characters below are what these patterns are about.
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: see above
/**
 * Section marks of a job log. Source: GitLab's log format, `section_start:<unix time>:<name>[options]\r\e[0K`. Bounded and without
 * colons, so that a flood of beginnings without an end costs no more than other text.
 */
const SECTION_MARKER = /section_(?:start|end):\d{1,20}:[^\r\n:]{1,255}\r\x1b\[0K/g;
/** Colour and style sequences. */
const COLOUR = String.raw`\x1b\[[\d;:]*m`;
/** Any escape sequence: CSI, OSC and other strings up to their end, two-character ones; C1 forms too. */
const ANY = String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?`;
const ESCAPE = new RegExp(ANY, 'g');
const ESCAPE_BUT_COLOUR = new RegExp(`(?!${COLOUR})(?:${ANY})`, 'g');
/** C0 and C1 controls, and the bidirectional overrides that could disguise a line. */
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const CONTROL_BUT_ESCAPE = /[\x00-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: see above
