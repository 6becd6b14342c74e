import { type Clock, describeError } from '../../base/index.ts';
import type { CleanupOutcome } from '../../protocol/index.ts';
import type { RunnerEntry } from '../config/runner-config.ts';
import { Bell } from '../take/bell.ts';
import { type CleanupRecord, type CleanupRecords, readCleanups, writeCleanups } from './quarantine-file.ts';
import { takeRelease, whyOf } from './release.ts';

export interface QuarantineOptions {
  /** Of the runner; this process works in it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  /** Asks the entry's server, which is told since when it is in quarantine. @returns the beginning of the one that somebody there has lifted; null: none */
  readonly askServer: (key: string, quarantine: { since: number; why: readonly string[] }) => Promise<number | null>;
  /** An entry's quarantine has begun (ms since 1970), or is over (null). */
  readonly onChange: (key: string, since: number | null) => void;
}

type Entry = Pick<RunnerEntry, 'key' | 'name' | 'quarantineAfter'>;

const LOOK_EVERY_MS = 3_000;
const ASK_EVERY_MS = 15_000;
const BAD: ReadonlySet<CleanupOutcome> = new Set(['failed', 'timed_out', 'lost']);

/** Entries whose cleanups went wrong several times in a row take no more jobs until somebody has looked. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #lifted = new Bell();
  #records: CleanupRecords = {};

  constructor(options: QuarantineOptions) {
    this.#options = options;
    try {
      this.#records = readCleanups(options.directory);
    } catch (error) {
      options.warn(`${describeError(error)}: how earlier cleanups ended is forgotten`);
    }
    for (const [key, { since }] of Object.entries(this.#records)) options.onChange(key, since);
  }

  /** Since when, in ms since 1970; null: it may take jobs. */
  since({ key, quarantineAfter }: Entry): number | null {
    return quarantineAfter === 0 ? null : (this.#records[key]?.since ?? null);
  }

  /** A job's cleanup has ended. One that was not owed, or that somebody has skipped, says nothing of the machine. */
  note(entry: Entry, job: number, outcome: CleanupOutcome): void {
    const before = this.#records[entry.key] ?? { name: entry.name, bad: [], since: null };
    if (outcome === 'succeeded' && before.bad.length > 0 && before.since === null) this.#write(entry.key, null);
    if (!BAD.has(outcome) || before.since !== null) return;
    const now = this.#options.clock.now();
    const bad = [...before.bad, { job, outcome, at: now }].slice(-Math.max(1, entry.quarantineAfter));
    const isTooMany = entry.quarantineAfter > 0 && bad.length >= entry.quarantineAfter;
    this.#write(entry.key, { name: entry.name, bad, since: isTooMany ? now : null });
    if (!isTooMany) return;
    const jobs = bad.map((each) => `${each.job} (${each.outcome})`).join(', ');
    this.#options.warn(
      `${entry.name} takes no more jobs: the cleanups of its last ${bad.length} jobs went wrong: ${jobs}. Look at the machine, then \`epilogue runner release\``,
    );
    this.#options.onChange(entry.key, now);
  }

  /** Resolves when the entry may take jobs, or `signal` aborts. */
  async pass(entry: () => Entry, signal: AbortSignal): Promise<void> {
    const { clock, directory, askServer, warn } = this.#options;
    let askedAt = -Infinity;
    for (let since = this.since(entry()); since !== null && !signal.aborted; since = this.since(entry())) {
      const { key } = entry();
      try {
        this.#lift(entry(), takeRelease(directory, key), 'here');
        if (clock.monotonic() - askedAt >= ASK_EVERY_MS) {
          askedAt = clock.monotonic();
          this.#lift(entry(), await askServer(key, { since, why: whyOf(this.#records[key]) }), 'at its server');
        }
      } catch (error) {
        warn(`whether ${entry().name} is released cannot be seen: ${describeError(error)}`);
      }
      const isShut = this.since(entry()) !== null;
      if (isShut) await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([signal, this.#lifted.heard]));
    }
  }

  /** Somebody has lifted at the entry's server what began then. */
  release(entry: Entry, since: string): void {
    this.#lift(entry, Date.parse(since), 'at its server');
    this.#lifted.ring();
  }

  #lift({ key, name }: Entry, since: number | null, where: string): void {
    if (since === null || this.#records[key]?.since !== since) return;
    this.#write(key, null);
    this.#options.warn(`${name} was released ${where}: it takes jobs again`);
    this.#options.onChange(key, null);
  }

  /** It holds for this process also when the disk does not take it. */
  #write(key: string, record: CleanupRecord | null): void {
    const { [key]: _, ...others } = this.#records;
    this.#records = record === null ? others : { ...others, [key]: record };
    try {
      writeCleanups(this.#options.directory, this.#records);
    } catch (error) {
      this.#options.warn(`how cleanups ended cannot be kept: ${describeError(error)}`);
    }
  }
}
