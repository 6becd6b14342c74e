/** What one entry of an archive says of itself. */
export interface TarEntry {
  /** Bytes as latin1; without a slash at the front. Of a directory with one at the end. */
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

export const TAR_BLOCK = 512;
const LONGEST_NAME = 100;
/** Eleven octal digits. */
const LARGEST = 0o77777777777;
const LARGEST_ID = 0o7777777;

/** The blocks before the content: as POSIX has it (ustar), and where that has no room, with a record of attributes (pax) before it. */
export function tarHeader(entry: TarEntry): Buffer {
  const records = [
    ...(entry.name.length > LONGEST_NAME ? [paxRecord('path', entry.name)] : []),
    ...(entry.sizeBytes > LARGEST ? [paxRecord('size', String(entry.sizeBytes))] : []),
  ].join('');
  const type = entry.kind === 'directory' ? '5' : '0';
  if (records === '') return block(entry, type);
  const body = Buffer.alloc(Math.ceil(records.length / TAR_BLOCK) * TAR_BLOCK);
  body.write(records, 'latin1');
  const before = block({ ...entry, name: 'pax', mode: 0o600, sizeBytes: records.length }, 'x');
  return Buffer.concat([before, body, block({ ...entry, sizeBytes: Math.min(entry.sizeBytes, LARGEST) }, type)]);
}

function block({ name, mode, uid, gid, sizeBytes, mtimeMs }: TarEntry, type: string): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  const put = (at: number, text: string): number => header.write(text, at, 'latin1');
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put(0, name.slice(0, LONGEST_NAME));
  put(100, octal(mode & 0o7777, 7));
  put(108, octal(uid <= LARGEST_ID ? uid : 0, 7));
  put(116, octal(gid <= LARGEST_ID ? gid : 0, 7));
  put(124, octal(sizeBytes, 11));
  put(136, octal(Math.max(0, Math.floor(mtimeMs / 1000)), 11));
  // The sum counts itself as blanks.
  put(148, ' '.repeat(8));
  put(156, type);
  put(257, 'ustar\0' + '00');
  put(
    148,
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  return header;
}

/** `LENGTH key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}
