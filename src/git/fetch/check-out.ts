import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, removeTree } from '../../base/index.ts';
import type { CommitRequest, RunGits } from './commit-request.ts';
import { usesLargeFiles } from './large-files.ts';
import { readIndex } from './read-index.ts';

export interface CheckOutFacts {
  /** There was a repository before; there may be files that the commit does not know. */
  readonly wasThere: boolean;
  readonly hasLargeFiles: boolean;
}

/** Files of the commit, and no others. */
export async function checkOut(
  request: CommitRequest,
  gits: RunGits,
  { wasThere, hasLargeFiles }: CheckOutFacts,
): Promise<void> {
  const { directory, sha, cleanFlags, objectFormat, say } = request;
  const checkout = ['checkout', '--quiet', '--force', '--detach', sha];
  const removed = await (wasThere && cleanFlags !== null ? gits(checkout, ['clean', ...cleanFlags]) : gits(checkout));
  if (removed.trimEnd() !== '') say('plain', removed.trimEnd());
  const entries = readIndex(indexOf(directory), objectFormat);
  // A repository of its own, which a script may have set up as it liked; git looks neither into it nor cleans it.
  const links = entries.filter(({ isLink }) => isLink);
  for (const { path } of wasThere ? links : []) {
    await removeTree(directory, path.split('/'));
    mkdirSync(join(directory, path), { recursive: true });
  }
  if (request.largeFiles && hasLargeFiles && usesLargeFiles(directory, entries)) await gits(['lfs', 'pull']);
}

function indexOf(directory: string): Buffer {
  try {
    return readFileSync(join(directory, '.git', 'index'));
  } catch (error) {
    // Of a commit without files.
    if (errorCode(error) !== 'ENOENT') throw error;
    return Buffer.alloc(0);
  }
}
