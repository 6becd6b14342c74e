import { storableJson } from '../connection/storable.ts';

/**
 * JSON is text in both databases, so that one codec reads both and neither touches key order or numbers. What PostgreSQL would not take for JSON
 * is not in it, or one job's tags could break the query that looks at everybody's.
 */
export function toJson(value: unknown): string {
  return storableJson(value);
}

/** What `toJson` wrote. The caller names the type that it wrote, which is what the column holds. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export function fromJsonOrNull<T>(text: string | null): T | null {
  return text === null ? null : fromJson<T>(text);
}

export type Bit = 0 | 1;

export function bit(truth: boolean): Bit {
  return truth ? 1 : 0;
}
