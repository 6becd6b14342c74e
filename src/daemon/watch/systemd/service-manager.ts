import type { Clock } from '../../../base/index.ts';
import { type NotifyOptions, notify, type Words } from './notify.ts';

/** What a service manager has told this process in its environment. */
export interface ServiceSettings extends NotifyOptions {
  /** It wants to hear that often that we live; null: never. */
  readonly watchdogMs: number | null;
}

export interface ServiceManagerOptions extends ServiceSettings {
  readonly clock: Clock;
  /** In a few words, what is going on. */
  readonly status: () => string;
  /** Aborts when the process begins to end. */
  readonly stopping: AbortSignal;
  readonly warn: (text: string) => void;
}

/** How often it is looked whether there is something to say. */
const TICK_MS = 5_000;
/** Asked for again at each tick of an end that takes its time: a process that hangs is cut so much later, one that cleans up never. */
const EXTENSION_MS = 60_000;

/**
 * Tells systemd how the runner is: that it is ready, what it does, that it lives, and at its end that it needs more time, as long as it needs it. How long that may
 * be is decided by `shutdown_timeout`, not by systemd.
 */
export class ServiceManager {
  readonly #options: ServiceManagerOptions;
  readonly #over = new AbortController();
  #sent: Promise<void> = Promise.resolve();
  #ticking: Promise<void> = Promise.resolve();
  #lastStatus = '';
  #isStopping = false;
  #hasWarned = false;

  constructor(options: ServiceManagerOptions) {
    this.#options = options;
  }

  /** Jobs are taken from now on. */
  start(): void {
    void this.#send({ READY: '1', ...this.#news() });
    this.#ticking = this.#tick();
  }

  /** Settings are read again, which is what `apply` does. */
  reload(apply: () => void): void {
    void this.#send({ RELOADING: '1' });
    try {
      apply();
    } finally {
      void this.#send({ READY: '1', ...this.#news() });
    }
  }

  /** Nothing more is said; resolves when all of it has been. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#ticking;
    if (!this.#isStopping) void this.#send({ STOPPING: '1' });
    await this.#sent;
  }

  async #tick(): Promise<void> {
    const { clock, stopping, watchdogMs } = this.#options;
    // Said at a third, looked after at a third: never more than two thirds apart.
    const watchEveryMs = watchdogMs === null ? Number.POSITIVE_INFINITY : watchdogMs / 3;
    const over = this.#over.signal;
    let watchedAt = Number.NEGATIVE_INFINITY;
    while (!over.aborted) {
      const isWatchDue = watchdogMs !== null && clock.monotonic() - watchedAt >= watchEveryMs - 1;
      if (isWatchDue) watchedAt = clock.monotonic();
      await this.#send({
        ...this.#news(),
        ...(stopping.aborted ? this.#stopping() : {}),
        ...(isWatchDue ? { WATCHDOG: '1' } : {}),
      });
      const until = stopping.aborted ? over : AbortSignal.any([over, stopping]);
      await clock.sleep(Math.min(TICK_MS, watchEveryMs), until);
    }
  }

  #stopping(): Words {
    const more = { EXTEND_TIMEOUT_USEC: String(EXTENSION_MS * 1000) };
    if (this.#isStopping) return more;
    this.#isStopping = true;
    return { STOPPING: '1', ...more };
  }

  #news(): Words {
    const status = this.#options.status();
    if (status === this.#lastStatus) return {};
    this.#lastStatus = status;
    return { STATUS: status };
  }

  /** One after the other: what is said last counts. */
  #send(words: Words): Promise<void> {
    if (Object.keys(words).length === 0) return this.#sent;
    this.#sent = this.#sent.then(async () => {
      const why = await notify(words, this.#options);
      if (why !== null && !this.#hasWarned) this.#options.warn(`systemd is not told how the runner is: ${why}`);
      this.#hasWarned ||= why !== null;
    });
    return this.#sent;
  }
}

/** Null: nobody has started this process who wants to hear of it. */
export function readServiceSettings(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): ServiceSettings | null {
  const {
    NOTIFY_SOCKET: socket,
    SYSTEMD_EXEC_PID: main,
    WATCHDOG_USEC: usec,
    WATCHDOG_PID: watched,
    PATH: path = '',
  } = env;
  // Handed down from a service that started something which started us.
  if (socket === undefined || !/^[/@]/.test(socket) || (main !== undefined && main !== String(pid))) return null;
  const isWatched = /^[1-9]\d{0,15}$/.test(usec ?? '') && (watched === undefined || watched === String(pid));
  return { socket, path, watchdogMs: isWatched ? Math.max(100, Number(usec) / 1000) : null };
}
