import type { RunInside } from './run-inside.ts';

/** How often the kernel has killed a process of this container for want of memory; cgroup v1, then v2. Builtins only. */
const OOM_SCRIPT = `
for file in /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events; do
  while read -r key value; do
    [ "$key" != oom_kill ] || { printf '%s\\n' "$value"; exit; }
  done 2>/dev/null <"$file"
done
`;

export interface OutOfMemoryOptions {
  readonly run: RunInside;
  /** Of a container that has ended the back end knows; of one that runs it learns it at its end only. */
  readonly wasKilled: () => Promise<boolean>;
  /** Bytes; null: no limit. */
  readonly memoryBytes: number | null;
}

/** @returns a question: has the kernel killed a process of the container for want of memory since it was asked last? A sentence for the job's readers, or none */
export function watchOutOfMemory({
  run,
  wasKilled,
  memoryBytes,
}: OutOfMemoryOptions): () => Promise<readonly string[]> {
  let known = 0;

  return async function ask() {
    const result = await run(['sh', '-c', OOM_SCRIPT]);
    const kills = result === null ? Number(await wasKilled()) : Number(result.stdout);
    const isNew = result === null ? kills > 0 : kills > known;
    known = result === null ? 0 : kills;
    if (!isNew) return [];
    const limit =
      memoryBytes === null
        ? 'this machine had no more'
        : `the limit of the container is ${Math.round(memoryBytes / 2 ** 20)} MiB`;
    return [`the kernel killed a process for want of memory (OOM): ${limit}`];
  };
}
