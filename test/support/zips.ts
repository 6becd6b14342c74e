import { buffer } from 'node:stream/consumers';
import { type Options, ZipFile } from 'yazl';

export interface ZipPart {
  readonly path: string;
  readonly content?: Buffer | string;
  readonly options?: Partial<Options>;
}

/** A zip of files; a path with a slash at its end is a directory. */
export async function makeZip(parts: readonly ZipPart[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, content = '', options = {} } of parts) {
    const mtime = new Date('2026-01-02T03:04:06Z');
    if (path.endsWith('/')) zip.addEmptyDirectory(path, { mtime });
    else zip.addBuffer(Buffer.from(content), path, { mtime, ...options });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** Writes another name of the same length over every `name` in a zip: names that no honest program makes. */
export function rename(zip: Buffer, name: string, to: string): Buffer {
  if (Buffer.byteLength(name) !== Buffer.byteLength(to)) throw new Error('names of different length');
  const bytes = Buffer.from(zip);
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) bytes.write(to, at);
  return bytes;
}

/** A zip that is a directory and nothing else, in the 64-bit form; `contentBytes` is what each entry claims to hold. */
export function makeBareDirectory(names: readonly string[], contentBytes = 0): Buffer {
  const records = names.map((name) => {
    const record = Buffer.alloc(46 + Buffer.byteLength(name));
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(8, 10);
    record.writeUInt32LE(contentBytes, 24);
    record.writeUInt16LE(Buffer.byteLength(name), 28);
    record.write(name, 46);
    return record;
  });
  const directory = Buffer.concat(records);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(BigInt(names.length), 24);
  end64.writeBigUInt64LE(BigInt(names.length), 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directory.length), 8);
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(0, 20);
  return Buffer.concat([directory, end64, locator, end]);
}
