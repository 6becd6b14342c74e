/**
 * How many requests of an entry may be under way at once: from one, more when jobs come, fewer when none do, half when the server is in trouble. As GitLab's runner moves it with
 * `FF_USE_ADAPTIVE_REQUEST_CONCURRENCY`.
 */
export class AskingRate {
  #value = 1;

  /** @param most `request_concurrency` */
  allowed(most: number): number {
    return Math.max(1, Math.min(most, Math.floor(this.#value)));
  }

  note(answer: 'job' | 'none', most: number, wasRetried: boolean): void {
    const factor = wasRetried ? 0.5 : answer === 'job' ? 1.1 : 0.95;
    this.#value = Math.max(1, Math.min(most, this.#value * factor));
  }
}
