import { findLane, type Hint, type Lane, type RunnerFit } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { fitsLane } from './fits-lane.ts';

/*
 * Where requests for work wait. Ten thousand runners may, and one job that comes must not wake them all: those that fit the same jobs are a group, and a
 * hint wakes one of each group that fits its lane, those of the project before those that everybody shares. Who was woken and got a job wakes the next one
 * of the group, as there may be more; who got none has proved that there is none for the whole group. A hint that is lost costs at most one long poll.
 * A runner that is between two requests has a bell, if it has a stream: some are rung where nobody of the group waits.
 */

export interface Waiter {
  /** From here on it is woken, once, when it is worth asking again. Called before asking, so that nothing which comes meanwhile is missed. */
  listen(): void;
  /** Since it listens. */
  readonly isWoken: boolean;
  /** It got a job. */
  served(): void;
  /** It asks no more. If it was woken for nothing, another one is. */
  leave(): void;
}

export interface WaitingRoom {
  enter(fit: RunnerFit, wake: () => void): Waiter;
  /** Calls `ring` when there may be work that nobody waits for. Returns how to end that. */
  hang(fit: RunnerFit, ring: () => void): () => void;
}

/** Of a group, at a time: most who have a bell are busy. */
const MOST_RUNG = 8;

interface Group {
  readonly key: string;
  readonly fit: RunnerFit;
  /** Who sleeps, the longest first. */
  readonly sleepers: Set<Sleeper>;
  /** Who was not rung for longest comes first. */
  readonly bells: Set<() => void>;
  members: number;
}

/** It listens as long as the store is open. */
export function openWaitingRoom(parts: Parts): WaitingRoom {
  const groups = new Map<string, Group>();
  const lanes = createLanes(parts);
  const hear = (hint: Hint | 'look'): void => {
    const lane = hint === 'look' || hint.id === 0 ? null : lanes.get(hint.id);
    if (lane instanceof Promise) {
      lane.then(
        (found) => wakeFor(groups, found),
        // Who cannot look finds out by asking.
        () => wakeFor(groups, null),
      );
    } else wakeFor(groups, lane);
  };
  parts.store.subscribe('work', hear);
  return {
    enter: (fit, wake) => new Sleeper(joinGroup(groups, fit), wake, groups),
    hang(fit, ring) {
      const group = joinGroup(groups, fit);
      const bell = (): void => ring();
      group.bells.add(bell);
      return () => {
        group.bells.delete(bell);
        leaveGroup(groups, group);
      };
    },
  };
}

function joinGroup(groups: Map<string, Group>, fit: RunnerFit): Group {
  const key = JSON.stringify(fit);
  const group = groups.get(key) ?? { key, fit, sleepers: new Set(), bells: new Set(), members: 0 };
  groups.set(key, group);
  group.members += 1;
  return group;
}

function leaveGroup(groups: Map<string, Group>, group: Group): void {
  group.members -= 1;
  if (group.members === 0) groups.delete(group.key);
}

function wakeOne({ sleepers, bells }: Group): void {
  const [next] = sleepers;
  if (next !== undefined) {
    next.wake();
    return;
  }
  for (const bell of [...bells].slice(0, MOST_RUNG)) {
    bells.delete(bell);
    bells.add(bell);
    bell();
  }
}

function wakeFor(groups: ReadonlyMap<string, Group>, lane: Lane | null): void {
  const fitting = [...groups.values()].filter(({ fit }) => lane === null || fitsLane(fit, lane));
  for (const group of fitting.filter(({ fit }) => fit.projects !== 'shared')) wakeOne(group);
  for (const group of fitting.filter(({ fit }) => fit.projects === 'shared')) wakeOne(group);
}

/** Ten thousand of these may wait. */
class Sleeper implements Waiter {
  isWoken = false;
  readonly #group: Group;
  readonly #groups: Map<string, Group>;
  readonly #wake: () => void;

  constructor(group: Group, wake: () => void, groups: Map<string, Group>) {
    this.#group = group;
    this.#groups = groups;
    this.#wake = wake;
  }

  listen(): void {
    this.isWoken = false;
    this.#group.sleepers.delete(this);
    this.#group.sleepers.add(this);
  }

  wake(): void {
    this.#group.sleepers.delete(this);
    this.isWoken = true;
    this.#wake();
  }

  served(): void {
    wakeOne(this.#group);
  }

  leave(): void {
    this.#group.sleepers.delete(this);
    if (this.isWoken) wakeOne(this.#group);
    leaveGroup(this.#groups, this.#group);
  }
}

/** Lanes never change. */
function createLanes({ store }: Parts): { get(id: number): Lane | Promise<Lane | null> } {
  const known = new Map<number, Lane>();
  return {
    get(id) {
      const lane = known.get(id);
      if (lane !== undefined) return lane;
      return store
        .read((db) => findLane(db, id))
        .then((found) => {
          if (found !== null) known.set(id, found);
          return found;
        });
    },
  };
}
