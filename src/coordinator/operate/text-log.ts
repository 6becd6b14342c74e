/** A line of the JSON log for people: `12:34:56.789 WARN what happened: fact=value …`; the stack of an error below it. */
export function textLine(line: string): string {
  const { time, level, msg, err, ...facts } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const error = (typeof err === 'object' ? err : null) as {
    readonly message?: unknown;
    readonly stack?: unknown;
  } | null;
  const all = { ...facts, ...(error === null ? {} : { error: error.message }) };
  const words = Object.entries(all).map(([name, value]) => `${name}=${shown(value)}`);
  const head = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${inOneLine(String(msg))}`;
  const stack = typeof error?.stack === 'string' ? error.stack.split('\n').slice(1) : [];
  return [[head, ...words].join(' '), ...stack.map((each) => `    ${inOneLine(each.trim())}`)].join('\n').concat('\n');
}

/** As it is when it is one word, else as JSON has it. */
function shown(value: unknown): string {
  if (typeof value === 'string' && /^[\w.,:;/@%+~?&=#!*$()[\]-]+$/.test(value)) return value;
  return inOneLine(JSON.stringify(value) ?? 'null');
}

/** What others have written steers no terminal. */
function inOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
