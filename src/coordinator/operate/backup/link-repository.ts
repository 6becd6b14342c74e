import { mkdirSync } from 'node:fs';
import { type BytePath, Failure, joinPath, showPath, toSystemPath } from '../../../base/index.ts';
import { linkFile, linkTree, listDirectory } from './link-tree.ts';

/** Of a push or a git that is at work, or that a crash left. */
const isFinished = (name: string): boolean => !name.endsWith('.lock') && !name.startsWith('tmp_');
/** Upkeep replaces packs in seconds; it does not do so ten times in a row. */
const MOST_PASSES = 10;

/**
 * A bare repository as it is at about one moment, while pushes and upkeep go on. What counts is the order: refs before the objects that
 * they lead to, loose refs before the packed ones they are moved to, loose objects before the packs they are moved to.
 * @throws Failure `backup_failed`: packs came and went all the time
 */
export function linkRepository(from: BytePath, to: BytePath): void {
  mkdirSync(toSystemPath(to), { recursive: true, mode: 0o700 });
  linkTree(joinPath(from, 'refs'), joinPath(to, 'refs'), isFinished);
  linkFile(joinPath(from, 'packed-refs'), joinPath(to, 'packed-refs'));
  for (const entry of listDirectory(from) ?? []) {
    if (entry.isFile() && isFinished(entry.name)) linkFile(joinPath(from, entry.name), joinPath(to, entry.name));
  }
  const [objects, copies] = [joinPath(from, 'objects'), joinPath(to, 'objects')];
  linkTree(objects, copies, (name) => isFinished(name) && name !== 'pack');
  for (let pass = 1; !linkTree(joinPath(objects, 'pack'), joinPath(copies, 'pack'), isFinished); pass += 1) {
    if (listDirectory(objects) === null) return;
    if (pass === MOST_PASSES) throw new Failure('backup_failed', `the packs of ${showPath(from)} do not stand still`);
  }
}

/** All of them, `07/1107.git` each; drafts and trash are left out. */
export function linkRepositories(from: BytePath, to: BytePath): void {
  mkdirSync(toSystemPath(to), { recursive: true, mode: 0o700 });
  for (const { name: folder } of listDirectory(from) ?? []) {
    if (!/^\d\d$/.test(folder)) continue;
    for (const { name } of listDirectory(joinPath(from, folder)) ?? []) {
      linkRepository(joinPath(joinPath(from, folder), name), joinPath(joinPath(to, folder), name));
    }
  }
}
