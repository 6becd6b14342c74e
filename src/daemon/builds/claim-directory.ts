import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, makeDirectory, readRegularFile, tryLock, writeDurably } from '../../base/index.ts';

/** In a job's home: where it is built. As long as it lies there, the directory is that job's. */
export const BUILD_FILE = 'build.json';
const FOLDER = '.slots';

/** A directory is this process's, among all that build below the same one. */
export interface Claim {
  /** The job has ended. */
  release(): void;
}

/**
 * Claims a project directory that runners with other directories of their own may want, too: by a lock for as long as this process lives, and by a file that names
 * the job's home for as long as the job is on the books there, whoever goes on with it. Null: another one has it. Of directories inside of each other it does not know.
 * @throws Failure `lock_unusable`, and the system's errors
 */
export async function claimDirectory(buildsDir: string, projectDir: string, home: string): Promise<Claim | null> {
  makeDirectory(join(buildsDir, FOLDER), 0o700);
  const path = join(buildsDir, FOLDER, createHash('sha256').update(projectDir).digest('hex').slice(0, 32));
  const lock = await tryLock(path);
  if (lock === null) return null;
  const owner = `${path}.home`;
  try {
    const other = textOf(owner);
    if (other !== null && other !== home && isBuiltBy(other, projectDir)) {
      lock.release();
      return null;
    }
    writeDurably(owner, home, false);
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    release() {
      rmSync(owner, { force: true });
      lock.release();
    },
  };
}

function isBuiltBy(home: string, projectDir: string): boolean {
  const text = textOf(join(home, BUILD_FILE));
  try {
    const held: { build?: { projectDir?: unknown } } | null = JSON.parse(text ?? 'null');
    return held?.build?.projectDir === projectDir;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** null: there is none. */
function textOf(path: string): string | null {
  try {
    return readRegularFile(path).toString();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
