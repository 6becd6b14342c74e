import { mkdirSync, readdirSync } from 'node:fs';
import { type BytePath, joinPath, toBytePath, toSystemPath } from './byte-path.ts';
import { copyEntry } from './copy-entry.ts';
import { createPace } from './pace.ts';
import { fillDirectory } from './target-directory.ts';

/**
 * Copies a directory with all that lies in it; the copy shares nothing with it that a change could reach. `targetDir` is absent or empty.
 * @throws Failure `no_space`, `target_unwritable`, `target_not_empty`, `canceled`; nothing is left in `targetDir` then.
 */
export async function copyTree(sourceDir: string, targetDir: string, signal?: AbortSignal): Promise<void> {
  const pace = createPace('copying the sources', signal);
  await fillDirectory(targetDir, 'copy the sources to', async () => {
    const open: [from: BytePath, to: BytePath][] = [[toBytePath(sourceDir), toBytePath(targetDir)]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [from, to] = next;
      for (const entry of readdirSync(toSystemPath(from), { encoding: 'latin1', withFileTypes: true })) {
        const [source, copy] = [joinPath(from, entry.name), joinPath(to, entry.name)];
        if (entry.isDirectory()) {
          mkdirSync(toSystemPath(copy));
          open.push([source, copy]);
        } else await copyEntry(source, copy, pace);
        await pace();
      }
    }
  });
}
