import type { TableReader } from '../table-reader.ts';

const UNITS = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

/** As `docker run --memory` has it: `512m`, `1.5g`, or bytes. What is 0 or empty is not said. */
export function readBytes(table: TableReader, key: string): number | null {
  return table.read(key, 'must be a size, as in "512m" or "2g"', (value) => {
    const bytes = bytesOf(value);
    return bytes === 0 ? null : bytes;
  });
}

/** The same; -1 is: without limit. */
export function readSwapBytes(table: TableReader, key: string): number | null {
  return table.read(key, 'must be a size, as in "512m" or "2g", or "-1"', (value) => {
    if (value === -1 || value === '-1') return -1;
    const bytes = bytesOf(value);
    return bytes === 0 ? null : bytes;
  });
}

function bytesOf(value: unknown): number | undefined {
  if (value === '') return 0;
  const text = typeof value === 'number' ? String(value) : value;
  const [, digits, unit = 'b'] =
    typeof text === 'string' ? (/^(\d+(?:\.\d+)?) ?(?:([bkmgt])|([kmgt])i?b)?$/i.exec(text) ?? []).filter(isThere) : [];
  if (digits === undefined) return undefined;
  const bytes = Math.floor(Number(digits) * UNITS[unit.toLowerCase() as keyof typeof UNITS]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function isThere(part: string | undefined): part is string {
  return part !== undefined;
}

/** Billionths of a processor, of `"1.5"`. */
export function readNanoCpus(table: TableReader, key: string): number | null {
  return table.read(key, 'must be a number of processors, as in "1.5"', (value) => {
    if (value === '' || value === 0) return null;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || !/^\d{1,5}(\.\d{1,9})?$/.test(text)) return undefined;
    return Math.round(Number(text) * 1e9) || null;
  });
}

/** What is 0 is not said, as Go has it. */
export function readNumber(table: TableReader, key: string, least = 0): number | null {
  return table.count(key, least) || null;
}

/** `nofile = "1024:2048"`, `core = "0"`. */
export function readUlimits(
  table: TableReader | null,
): readonly { readonly name: string; readonly soft: number; readonly hard: number }[] {
  if (table === null) return [];
  return table.keys().flatMap((name) => {
    const limit = table.read(name, 'must be written as "soft:hard", as in "1024:2048"', (value) => {
      const [, soft, hard = soft] = /^(-1|\d{1,15})(?::(-1|\d{1,15}))?$/.exec(String(value)) ?? [];
      return soft === undefined ? undefined : { soft: Number(soft), hard: Number(hard) };
    });
    return limit === null ? [] : [{ name, ...limit }];
  });
}
