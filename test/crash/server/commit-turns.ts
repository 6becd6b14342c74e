/** Longer than a commit takes. */
const LONGEST_MS = 1_000;

/** Which commits are under way: nothing happens to one while another is, or that one would never come to its end. */
export class CommitTurns {
  readonly #underWay = new Map<object, PromiseWithResolvers<void>>();

  begin(turn: object): void {
    this.#underWay.set(turn, Promise.withResolvers<void>());
  }

  end(turn: object): void {
    // Whoever waits goes on after whoever waited for the commit itself.
    setImmediate(() => this.#underWay.get(turn)?.resolve());
    setImmediate(() => this.#underWay.delete(turn));
  }

  /** Resolves when none but this one is under way; one that is tried again may need what this one holds, so not for ever. */
  async others(turn: object): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => late.resolve(), LONGEST_MS);
    const others = [...this.#underWay].filter(([other]) => other !== turn).map(([, { promise }]) => promise);
    await Promise.race([Promise.all(others), late.promise]);
    clearTimeout(timer);
  }
}
