/** A server that refuses an entry again and again is left alone for a while. As GitLab's runner has it. */
export class Health {
  #refusals = 0;
  /** Of the monotonic clock. */
  #restsUntil = 0;

  /** It answered, or did not: anything but a refusal. */
  noteOther(): void {
    this.#refusals = 0;
  }

  /** @returns whether the entry rests from now on */
  noteRefusal(now: number, { limit, intervalMs }: { readonly limit: number; readonly intervalMs: number }): boolean {
    this.#refusals += 1;
    if (this.#refusals < limit) return false;
    this.#refusals = 0;
    this.#restsUntil = now + intervalMs;
    return true;
  }

  /** Ms that the entry has to rest; 0: none. */
  restMs(now: number): number {
    return Math.max(0, this.#restsUntil - now);
  }

  /** Its settings have changed: what was said of the old ones is over. */
  reset(): void {
    this.#refusals = 0;
    this.#restsUntil = 0;
  }
}
