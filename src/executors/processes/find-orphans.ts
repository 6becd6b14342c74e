import { realpathSync } from 'node:fs';
import type { ProcessEntry } from './table/process-entry.ts';
import { directoriesOf } from './table/process-scan.ts';
import { listProc, readProcLink } from './table/read-proc.ts';

/**
 * What a process that has shed its session, its environment and its parent still holds of its job: the marker that every step hands
 * down (see the step wrapper) and its log among its open files, a directory of the job as its working directory, or a program in it.
 *
 * By themselves these prove little: somebody may well look into the directory of a running job. So they count only for an orphan,
 * without a terminal, that was adopted by a process that adopts: pid 1, or one of our own ancestors, as every subreaper of the
 * job's processes is.
 */
export function orphanTest(
  entries: readonly ProcessEntry[],
  stepsDir: string,
  directories: readonly string[],
): (entry: ProcessEntry) => boolean {
  const adopters = findAdopters(entries);
  // Looked up for the first orphan; mostly there is none.
  let real: readonly string[] | null = null;
  return (entry) => {
    if (entry.hasTerminal || !adopters.has(entry.parent)) return false;
    real ??= [stepsDir, ...directories].map(realPath);
    const [places, files] = [real, real.slice(0, 1)];
    return directoriesOf(entry).some(
      (directory) =>
        leadsInto(`${directory}/cwd`, places) ||
        leadsInto(`${directory}/exe`, places) ||
        listProc(`${directory}/fd`).some((fd) => leadsInto(`${directory}/fd/${fd}`, files)),
    );
  };
}

/** As /proc shows it. What is gone, or never was, leads nobody anywhere. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function findAdopters(entries: readonly ProcessEntry[]): ReadonlySet<number> {
  const byPid = new Map(entries.map((entry) => [entry.pid, entry]));
  const adopters = new Set([1]);
  for (let entry = byPid.get(process.pid); entry !== undefined && entry.pid !== 1; entry = byPid.get(entry.parent)) {
    // This process has children of its own, and shells with a terminal have theirs.
    if (entry.pid !== process.pid && !entry.hasTerminal) adopters.add(entry.pid);
  }
  return adopters;
}

function leadsInto(link: string, places: readonly string[]): boolean {
  const target = readProcLink(link);
  return target !== null && places.some((place) => target === place || target.startsWith(`${place}/`));
}
