import { lstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type BytePath, Failure, joinPath, showPath, toSystemPath } from '../../../base/index.ts';
import { listDirectory } from './link-tree.ts';
import { TAR_BLOCK, tarHeader } from './tar-header.ts';

const CHUNK_BYTES = 1024 * 1024;

/** An archive of all that lies below `root`, written to `target`, on disk once it resolves. A file that grows is taken as long as it is when its turn comes. */
export async function writeTar(root: BytePath, target: FileHandle): Promise<void> {
  await addDirectory(root, '', target);
  await target.writeFile(Buffer.alloc(2 * TAR_BLOCK));
  await target.sync();
}

async function addDirectory(directory: BytePath, prefix: string, target: FileHandle): Promise<void> {
  const entries = [...(listDirectory(directory) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = joinPath(directory, entry.name);
    const { mode, uid, gid, size, mtimeMs } = lstatSync(toSystemPath(path));
    const facts = { mode, uid, gid, mtimeMs };
    const name = prefix + entry.name;
    if (entry.isDirectory()) {
      await target.writeFile(tarHeader({ ...facts, name: `${name}/`, kind: 'directory', sizeBytes: 0 }));
      await addDirectory(path, `${name}/`, target);
    } else {
      await target.writeFile(tarHeader({ ...facts, name, kind: 'file', sizeBytes: size }));
      await addContent(path, size, target);
    }
  }
}

async function addContent(path: BytePath, sizeBytes: number, target: FileHandle): Promise<void> {
  const file = await open(toSystemPath(path), 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes));
    for (let at = 0; at < sizeBytes; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, sizeBytes - at), at);
      if (bytesRead === 0) throw new Failure('backup_failed', `${showPath(path)} became shorter`);
      await target.writeFile(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  await target.writeFile(Buffer.alloc((TAR_BLOCK - (sizeBytes % TAR_BLOCK)) % TAR_BLOCK));
}
