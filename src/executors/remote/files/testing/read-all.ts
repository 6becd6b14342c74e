import { createTarReader, type TarEntry } from '../tar/read-tar.ts';

export interface ReadEntry extends TarEntry {
  readonly content: Buffer;
}

/** All entries of an archive that comes in pieces of so many bytes. */
export async function readAll(archive: Buffer, pieceBytes = 65_536): Promise<ReadEntry[]> {
  let at = 0;
  const reader = createTarReader(async () => {
    if (at >= archive.length) return null;
    at += pieceBytes;
    return archive.subarray(at - pieceBytes, at);
  });
  const entries: ReadEntry[] = [];
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    const pieces: Buffer[] = [];
    for (let piece = await reader.content(); piece !== null; piece = await reader.content()) pieces.push(piece);
    entries.push({ ...entry, content: Buffer.concat(pieces) });
  }
  return entries;
}
