import { createTarWriter, type OutgoingEntry } from '../tar/write-tar.ts';

/** An archive of them. */
export async function writeAll(entries: readonly OutgoingEntry[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const tar = createTarWriter(
    async (bytes) => {
      pieces.push(Buffer.from(bytes));
    },
    { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  );
  for (const entry of entries) await tar.add(entry);
  await tar.end();
  return Buffer.concat(pieces);
}

export function outgoing(name: string, content = '', more: Partial<OutgoingEntry> = {}): OutgoingEntry {
  const bytes = Buffer.from(content);
  return {
    name: Buffer.from(name).toString('latin1'),
    kind: 'file',
    mode: 0o644,
    modifiedMs: 1_600_000_000_000,
    sizeBytes: bytes.length,
    content: [bytes],
    ...more,
  };
}
