import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listNames } from '../../base/index.ts';
import { findLog } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { Sweep } from '../work/index.ts';
import { placeOf } from './place/place-of.ts';

/** Younger files may belong to a log that is noted in a moment. */
const SETTLED_MS = 3_600_000;

/** Removes the files of logs that grow no more: a crash may have come between the sealing of one and the removal of its file. */
export const logFilesSweep: Sweep = {
  name: 'logs.files',
  everyMs: 3_600_000,
  async run(parts, signal) {
    const root = join(parts.dataDir, 'logs');
    for (const folder of await listNames(root)) {
      for (const name of await listNames(join(root, folder))) {
        if (signal.aborted) return;
        await look(parts, join(root, folder, name), Number.parseInt(name, 10));
      }
    }
  },
};

async function look(parts: Parts, path: string, jobId: number): Promise<void> {
  const log = await parts.store.read((db) => findLog(db, jobId));
  if (log?.state === 'growing') return;
  const { mtimeMs } = await stat(path);
  if (mtimeMs < parts.clock.now() - SETTLED_MS) await placeOf('file').remove(parts, jobId);
}
