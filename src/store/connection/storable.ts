/**
 * PostgreSQL holds no NUL in a text and no half of a surrogate pair, SQLite both; people write them into names and messages all the same. So that both
 * store the same, and neither refuses a pipeline for it, U+FFFD stands for them.
 */
export function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}

/** As JSON in a parameter, where what `storable` replaces would stand as an escape. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Most have none, and a function for each value takes its time.
  if (!ESCAPED.test(json)) return json;
  return JSON.stringify(value, (_key, each) => (typeof each === 'string' ? storable(each) : each));
}

const ESCAPED = /\\u(?:0000|d[89a-f])/;
