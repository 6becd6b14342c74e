import { Type } from 'typebox';

/** Bodies come as JSON or as forms, from clients of many years: what is not there, or not of its kind, counts as left out. */
export const LOOSE = Type.Record(Type.String(), Type.Unknown());
export type Loose = Readonly<Record<string, unknown>>;

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `true`, `True`, `1`, `on`, as a form may say it. */
export function truthOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string' || value === '') return undefined;
  return /^(?:true|t|yes|y|on|1)$/i.test(value);
}

export function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

export function objectOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

/** A list, or a text with commas. */
export function listOf(value: unknown): readonly string[] | undefined {
  const parts = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.filter((part): part is string => typeof part === 'string').map((part) => part.trim());
  return [...new Set(texts.filter((part) => part !== ''))];
}
