import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

let homes: readonly string[] | undefined;

/** Directories of cgroup hierarchies in which this process lies and may make cgroups, the best one first. */
export function findCgroupHomes(): readonly string[] {
  homes ??= lookForHomes();
  return homes;
}

function lookForHomes(): readonly string[] {
  try {
    const own = readFileSync('/proc/self/cgroup', 'utf8');
    return cgroupDirectories(own, readFileSync('/proc/self/mountinfo', 'utf8')).filter(isWritable);
  } catch {
    return [];
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Version 1 first, because entering is fifty times as fast; of its hierarchies those whose controllers change nothing for whoever is in
 * them: `freezer`, which can also stop a tree in one go, then systemd's, which is there to keep track, then `pids`.
 */
const PREFERENCE = ['freezer', 'name=systemd', 'pids', ''];

/** `own`: /proc/self/cgroup, lines of `id:controllers:path`; of version 2 `0::path`. `mounts`: /proc/self/mountinfo. */
export function cgroupDirectories(own: string, mounts: string): readonly string[] {
  const hierarchies = mounts.split('\n').flatMap(readMount);
  const memberships = own.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const found: string[] = [];
  for (const controller of PREFERENCE) {
    const path = memberships.find((line) => line?.[1]?.split(',').includes(controller))?.[2];
    const mount = hierarchies.find(({ controllers }) => controllers.includes(controller));
    if (path === undefined || mount === undefined) continue;
    // A container sees a part of the hierarchy: the mount's root says which.
    const below = mount.root === '/' ? path : path.slice(mount.root.length);
    if (mount.root === '/' || path === mount.root || path.startsWith(`${mount.root}/`))
      found.push(join(mount.point, below));
  }
  return found;
}

interface Mount {
  readonly root: string;
  readonly point: string;
  /** `''` for version 2. */
  readonly controllers: readonly string[];
}

/** `id parent device root point options … - type source superoptions` */
function readMount(line: string): readonly Mount[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root = '', point = ''] = before.split(' ');
  const [type, , options = ''] = after.split(' ');
  if (type === 'cgroup2') return [{ root, point, controllers: [''] }];
  return type === 'cgroup' ? [{ root, point, controllers: options.split(',') }] : [];
}
