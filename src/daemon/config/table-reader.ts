import { didYouMean, type Problem } from '../../base/index.ts';
import { parseGoDuration } from '../../protocol/index.ts';

export type Table = Readonly<Record<string, unknown>>;

/** Where the mistakes of a file are collected. */
export interface Complaints {
  readonly file: string;
  readonly problems: Problem[];
}

/**
 * Reads the keys of one table, each once. What is absent, and what is wrong, reads as null; what is wrong is complained of by its path. Whatever
 * nobody has read by `close` is a key that we do not know.
 */
export class TableReader {
  readonly #table: Table;
  readonly #path: string;
  readonly #complaints: Complaints;
  readonly #known = new Set<string>();

  /** @param path of the table itself, such as `runners[1].cache`; empty: the file's root */
  constructor(table: Table, path: string, complaints: Complaints) {
    this.#table = table;
    this.#path = path;
    this.#complaints = complaints;
  }

  text(key: string): string | null {
    return this.read(key, 'must be a text', (value) => (typeof value === 'string' ? value : undefined));
  }

  /** Empty is absent. */
  word(key: string): string | null {
    return this.text(key) || null;
  }

  flag(key: string): boolean | null {
    return this.read(key, 'must be true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** @param least anything below is wrong */
  count(key: string, least = 0): number | null {
    const mistake = least === -Infinity ? 'must be a whole number' : `must be a whole number from ${least}`;
    return this.read(key, mistake, (value) =>
      Number.isSafeInteger(value) && Number(value) >= least ? Number(value) : undefined,
    );
  }

  /** Ms. As Go writes it (`10m`, `1h30m`); nothing negative. */
  durationMs(key: string): number | null {
    return this.read(key, 'must be a duration, as in "90s" or "1h30m"', (value) => {
      const ms = typeof value === 'string' ? parseGoDuration(value) : null;
      return ms !== null && ms >= 0 ? Math.round(ms) : undefined;
    });
  }

  /** Ms since 1970; a time that is Go's zero is none. */
  instant(key: string): number | null {
    return this.read(key, 'must be a time, as in 2026-01-31T12:00:00Z', (value) => {
      const ms = value instanceof Date || typeof value === 'string' ? new Date(value).getTime() : Number.NaN;
      if (Number.isNaN(ms)) return undefined;
      return ms > 0 ? ms : null;
    });
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | null {
    const find = (value: unknown) => choices.find((each) => each === value);
    return this.read(key, `must be one of ${choices.join(', ')}`, (value) => (value === '' ? null : find(value)));
  }

  texts(key: string): readonly string[] {
    const all = this.read(key, 'must be a list of texts', (value) =>
      Array.isArray(value) && value.every((each) => typeof each === 'string') ? (value as string[]) : undefined,
    );
    return all ?? [];
  }

  /** A table of texts; none is empty. */
  textsByName(key: string): Readonly<Record<string, string>> {
    const table = this.table(key);
    if (table === null) return {};
    return Object.fromEntries(table.keys().map((name) => [name, table.text(name) ?? '']));
  }

  /** Null: there is none. */
  table(key: string): TableReader | null {
    const found = this.read(key, 'must be a table', (value) => (isTable(value) ? value : undefined));
    return found === null ? null : new TableReader(found, this.path(key), this.#complaints);
  }

  /** `[[key]]`. */
  tables(key: string): readonly TableReader[] {
    const found = this.read(key, `must be written as [[${this.path(key)}]]`, (value) =>
      Array.isArray(value) && value.every(isTable) ? (value as Table[]) : undefined,
    );
    return (found ?? []).map((each, at) => new TableReader(each, `${this.path(key)}[${at}]`, this.#complaints));
  }

  /** @param mistake what is wrong with a value that `parse` answers with undefined */
  read<Value>(key: string, mistake: string, parse: (value: unknown) => Value | null | undefined): Value | null {
    this.#known.add(key);
    const value = this.#table[key];
    if (value === undefined) return null;
    const parsed = parse(value);
    if (parsed === undefined) this.#say('error', key, mistake);
    return parsed ?? null;
  }

  /** Its keys, all taken as known. */
  keys(): readonly string[] {
    const keys = Object.keys(this.#table);
    for (const key of keys) this.#known.add(key);
    return keys;
  }

  has(key: string): boolean {
    return this.#table[key] !== undefined;
  }

  path(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  refuse(key: string, message: string): void {
    this.#say('error', key, message);
  }

  /** It is there and does nothing: says why. Nothing is said of what asks for nothing, as GitLab's runner writes it into each file. */
  ignore(key: string, why: string): void {
    this.#known.add(key);
    if (!isEmpty(this.#table[key])) this.#say('warning', key, why);
  }

  warn(key: string, message: string): void {
    this.#say('warning', key, message);
  }

  /** All that is known has been read. */
  close(): void {
    for (const key of Object.keys(this.#table)) {
      if (!this.#known.has(key)) this.#say('warning', key, 'is not a key that we know, and has no effect', this.#known);
    }
  }

  #say(severity: Problem['severity'], key: string, message: string, near: Iterable<string> = []): void {
    const { file, problems } = this.#complaints;
    const path = this.path(key);
    const text = `${path} ${message}`;
    problems.push({ code: 'runner-config', severity, file, path, message: text, ...didYouMean(key, near) });
  }
}

/** Nothing, and tables of nothing. */
function isEmpty(value: unknown): boolean {
  if (isTable(value)) return Object.values(value).every(isEmpty);
  if (Array.isArray(value)) return value.every(isEmpty);
  return value === undefined || value === '' || value === false || value === 0;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
