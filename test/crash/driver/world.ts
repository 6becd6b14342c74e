import type { Strike } from '../server/orders.ts';
import { Coordinator, type CoordinatorOptions, Crashed, NoRoom } from './coordinator.ts';
import { Ledger } from './ledger.ts';

/** Renewals come more often than a lease lapses. */
const SLICE_MS = 20_000;

/** What a runner holds and keeps alive while time passes. */
export interface Alive {
  renew(): Promise<void>;
}

/** A server that is killed again and again, and what clients of it were told. */
export class World {
  readonly coordinator: Coordinator;
  readonly ledger: Ledger;
  readonly held = new Set<Alive>();
  /** Of the administrator. */
  token = '';

  constructor(options: Omit<CoordinatorOptions, 'check'>) {
    const where = { dataDir: options.dataDir, databaseUrl: options.databaseUrl };
    this.ledger = new Ledger(where, () => this.coordinator.now());
    this.coordinator = new Coordinator({ ...options, check: (death) => this.#check(death) });
  }

  async #check(death: Strike | null): Promise<void> {
    const problems = await this.ledger.problems();
    if (problems.length > 0) throw new Error(`after ${JSON.stringify(death)}:\n${problems.join('\n')}`);
  }

  async begin(): Promise<void> {
    await this.coordinator.start();
    this.token = await this.step(() => this.coordinator.token());
  }

  /**
   * Does something until it has been answered, and waits for what comes of it. Every time the server dies, everything is checked, another one is started
   * and it is tried again; `isRepeat` then, as what was asked for may have been done.
   */
  async step<T>(act: (isRepeat: boolean) => Promise<T>): Promise<T> {
    const result = await this.#persist(act);
    await this.#persist(() => this.#settle());
    return result;
  }

  async #persist<T>(act: (isRepeat: boolean) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await act(tries > 0);
      } catch (error) {
        if (error instanceof NoRoom) await this.coordinator.endure();
        else if (error instanceof Crashed) await this.coordinator.restart();
        else throw error;
      }
    }
  }

  async #settle(): Promise<void> {
    for (let looks = 0; (await this.coordinator.effects()) > 0; looks += 1) {
      if (looks > 2_000) throw new Error('the outbox does not come to an end');
      // What a dead server had taken is free again after a while.
      if (looks % 10 === 9) await this.moveOn();
      else await new Promise<void>((resolve) => setTimeout(() => resolve(), 5));
    }
  }

  /** Stops the server; what is wrong then, and what is left to be done. */
  async end(): Promise<readonly string[]> {
    this.coordinator.free();
    await this.coordinator.stop();
    return await this.ledger.problems({ isOver: true });
  }

  /** Time passes, and runners keep alive what they have. For a `step`. */
  async pass(ms: number): Promise<void> {
    const most = this.held.size === 0 ? ms : SLICE_MS;
    for (let left = ms; left > 0; left -= most) await this.slice(Math.min(left, most));
  }

  /** What does not come by itself, or not without room. */
  async moveOn(): Promise<void> {
    this.coordinator.free();
    await this.slice();
  }

  async slice(ms = SLICE_MS): Promise<void> {
    await this.coordinator.pass(ms);
    for (const each of this.held) await each.renew();
  }

  /** Looks until there is something, letting time pass in between. For a `step`. */
  async until<T>(what: string, probe: () => Promise<T | null | false>, most = 40): Promise<T> {
    for (let looks = 0; looks < most * 5; looks += 1) {
      const found = await probe();
      if (found !== null && found !== false) return found;
      if (looks % 5 === 4) await this.moveOn();
      else await new Promise<void>((resolve) => setTimeout(() => resolve(), 5));
    }
    throw new Error(`waited in vain: ${what}`);
  }
}
