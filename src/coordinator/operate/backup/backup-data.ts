import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeError, Failure, joinPath, removeTree, syncDirectory, toBytePath } from '../../../base/index.ts';
import { databaseFile, keyFile } from '../../open-parts.ts';
import type { AdminOptions } from '../admin.ts';
import { copyDatabase } from './copy-database.ts';
import { linkRepositories } from './link-repository.ts';
import { linkFile, linkTree } from './link-tree.ts';
import { sealedLogs, unsealLog } from './unseal-logs.ts';
import { writeTar } from './write-tar.ts';

const STAGE = 'backup-';
/** Nobody makes a backup for so long. */
const DEAD_STAGE_MS = 24 * 60 * 60 * 1000;

/**
 * Puts all that a coordinator keeps into one archive (tar), also while it runs: database, key, blobs, growing logs, repositories, the local runner's
 * token. Unpacked into an empty directory it can be served. With PostgreSQL all but the database, which has its own tools. The archive appears
 * whole or not at all, readable for its owner alone.
 * @param target absolute; must not be there.
 * @throws Failure `no_data`, `backup_exists`, `backup_failed`
 */
export async function backupData(options: AdminOptions, target: string): Promise<void> {
  const { dataDir, databaseUrl, clock } = options;
  if (!existsSync(databaseUrl === null ? databaseFile(dataDir) : keyFile(dataDir))) {
    throw new Failure('no_data', `there is no coordinator's data in ${dataDir}`);
  }
  if (existsSync(target)) throw new Failure('backup_exists', `${target} is there already`);
  const draft = `${target}.part`;
  const stage = `${STAGE}${randomUUID()}`;
  try {
    await removeDeadStages(dataDir, clock.now());
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      await fillStage(options, join(dataDir, stage));
      await writeTar(toBytePath(join(dataDir, stage)), file);
    } finally {
      await file.close();
    }
    await rename(draft, target);
    syncDirectory(dirname(target));
  } catch (cause) {
    await rm(draft, { force: true });
    throw new Failure('backup_failed', `cannot make the backup ${target}: ${describeError(cause)}`, { cause });
  } finally {
    await removeTree(dataDir, [stage]);
  }
}

/**
 * What the database names has to be in the copy, and what was removed a moment before or after must not be missed. So files are linked before the
 * database is copied, for what goes meanwhile, and after it, for what comes; a log that was sealed in between grows again in the copy.
 * Repositories come last: a push that the copy of the database does not know is found when that is served.
 */
async function fillStage({ dataDir, databaseUrl }: AdminOptions, stage: string): Promise<void> {
  const [from, to] = [toBytePath(dataDir), toBytePath(stage)];
  await mkdir(stage, { mode: 0o700 });
  const linkFiles = (): void => {
    for (const name of ['logs', 'blobs']) linkTree(joinPath(from, name), joinPath(to, name), isNoDraft);
  };
  linkFiles();
  if (databaseUrl === null) {
    const known = sealedLogs(stage);
    await copyDatabase(databaseFile(dataDir), databaseFile(stage));
    await chmod(databaseFile(stage), 0o600);
    linkFiles();
    for (const jobId of sealedLogs(stage)) if (!known.has(jobId)) unsealLog(stage, jobId);
  }
  linkRepositories(joinPath(from, 'repositories'), joinPath(to, 'repositories'));
  linkFile(toBytePath(keyFile(dataDir)), toBytePath(keyFile(stage)));
  if (!existsSync(join(dataDir, 'runner', 'token'))) return;
  await mkdir(join(stage, 'runner'), { mode: 0o700 });
  linkFile(toBytePath(join(dataDir, 'runner', 'token')), toBytePath(join(stage, 'runner', 'token')));
}

const isNoDraft = (name: string): boolean => name !== 'drafts';

/** Of backups that were killed. */
export async function removeDeadStages(dataDir: string, now: number): Promise<void> {
  for (const name of readdirSync(dataDir)) {
    const isDead = name.startsWith(STAGE) && statSync(join(dataDir, name)).mtimeMs < now - DEAD_STAGE_MS;
    if (isDead) await removeTree(dataDir, [name]);
  }
}
