/** How a server wants to hear of a job that runs. */
export interface Pace {
  /** Of the log, in one request. */
  readonly chunkBytes: number;
  /** From the first byte of the log to the first request with it, unless the job ends before. */
  readonly firstMs: number;
  /** Between two pieces. @param wantedMs by the server; null: it does not say @param nowMs as it has been */
  readonly intervalMs: (wantedMs: number | null, nowMs: number) => number;
  /** Without a word for so long, the server is told that the job goes on, and we hear whether it is to end. @param isHeard orders come by themselves */
  readonly silenceMs: (intervalMs: number, isHeard: boolean) => number;
}

/** After a piece, until a server says how soon it wants the next one. */
export const INTERVAL_MS = 3_000;
/** For ours: what a job that is soon over has to say goes in one piece, which costs its server a commit. Who watches asks for it at once. */
const FIRST_MS = 100;
/** For ours, when it wants them at once: somebody watches. */
const SHORTEST_INTERVAL_MS = 40;
const SILENCE_MS = 2_000;
/** A third of the lease of a job. */
const HEARD_SILENCE_MS = 20_000;
/** Source: GitLab's runner. */
const PLAIN_SILENCE_MS = 30_000;
const LONGEST_PLAIN_INTERVAL_MS = 15 * 60_000;

const OURS: Pace = {
  chunkBytes: 256 * 1024,
  firstMs: FIRST_MS,
  intervalMs: (wantedMs) => Math.max(SHORTEST_INTERVAL_MS, Math.min(wantedMs ?? INTERVAL_MS, INTERVAL_MS)),
  silenceMs: (_, isHeard) => (isHeard ? HEARD_SILENCE_MS : SILENCE_MS),
};

/** As GitLab's runner: many runners ask one server, and it says itself how often it can bear that. */
const PLAIN: Pace = {
  chunkBytes: 1024 * 1024,
  firstMs: INTERVAL_MS,
  intervalMs: (wantedMs, nowMs) =>
    wantedMs === null || wantedMs === 0 ? nowMs : Math.min(wantedMs, LONGEST_PLAIN_INTERVAL_MS),
  silenceMs: (intervalMs) => Math.max(PLAIN_SILENCE_MS, intervalMs),
};

/** @param hasAdditions null: nobody knows what server it is; a lease does not wait for that */
export function paceOf(hasAdditions: boolean | null): Pace {
  return hasAdditions === false ? PLAIN : OURS;
}
