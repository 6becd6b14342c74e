import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/index.ts';
import { isRefName } from '../read/names.ts';
import type { CommitRequest } from './commit-request.ts';

/**
 * Gives the refs that a fetch would have made the commit, which is here. Tags were made by the fetch before.
 * @returns whether that was possible; else it is for git to say why not
 */
export function setRefs({ directory, refspecs, sha }: CommitRequest): boolean {
  try {
    for (const refspec of refspecs) {
      const name = refspec.slice(refspec.indexOf(':') + 1);
      if (name.startsWith('refs/tags/')) continue;
      if (!isRefName(name)) return false;
      const path = join(directory, '.git', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${sha}\n`);
    }
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
