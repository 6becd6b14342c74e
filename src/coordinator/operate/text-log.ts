/** A line of the JSON log for people: `12:34:56.789 WARN what happened: fact=value …`; the stack of an error below it. */
export function textLine(line: string): string {
  const { time, level, msg, err, ...facts } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const { message, stack } = (err ?? {}) as { readonly message?: unknown; readonly stack?: unknown };
  // Anything may be thrown.
  const all = { ...facts, ...(err === undefined ? {} : { error: typeof message === 'string' ? message : err }) };
  const words = Object.entries(all).map(([name, value]) => `${name}=${shown(value)}`);
  const head = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${inOneLine(String(msg))}`;
  return [
    [head, ...words].join(' '),
    ...framesOf(String(stack ?? ''), String(message)).map((each) => `    ${inOneLine(each.trim())}`),
  ]
    .join('\n')
    .concat('\n');
}

/** A stack without what the error is called and says, in however many lines: the line above has it. */
function framesOf(stack: string, message: string): readonly string[] {
  const at = stack.indexOf(message);
  const lines = stack.slice(at < 0 ? 0 : at + message.length).split('\n');
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  return first < 0 ? [] : lines.slice(first);
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
