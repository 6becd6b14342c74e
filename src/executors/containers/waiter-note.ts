/** What the first process of a job's container has said of itself and of what it has; see `WAITING_SCRIPT`. */
export interface WaiterNote {
  readonly uid: number;
  readonly gid: number;
  /** Path in the container; null: it has none. */
  readonly bash: string | null;
  /** The process that waits, as the container counts. */
  readonly waiter: number;
  /** `<pid>:<start time>` of processes that are no job's: they were there before any step. */
  readonly spared: readonly string[];
}

/** null: it is not all there yet. */
export function parseWaiterNote(text: string): WaiterNote | null {
  const [first = '', ...lines] = text.split('\n');
  const [, uid, gid, bash, waiter] = /^(\d+) (\d+) (\S+) (\d+)$/.exec(first) ?? [];
  const end = lines.indexOf('end');
  if (bash === undefined || end < 0) return null;
  const spared = lines.slice(0, end).filter((line) => /^\d+ \d+$/.test(line));
  return {
    uid: Number(uid),
    gid: Number(gid),
    bash: bash === '-' ? null : bash,
    waiter: Number(waiter),
    spared: spared.map((line) => line.replace(' ', ':')),
  };
}

/** Variables as `/proc/<pid>/environ` has them: `NAME=value` with a NUL behind each. */
export function parseEnvironment(text: string): readonly string[] {
  return text.split('\0').filter((each) => each.includes('='));
}
