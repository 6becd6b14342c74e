/** What is killed, with SIGKILL. `group`: the program's process group. `recovery`: the program, and then whoever recovers. */
export const VICTIMS = ['program', 'group', 'guard', 'wrapper', 'program and guard', 'recovery'] as const;
export type Victim = (typeof VICTIMS)[number];

/** What else is wrong while that happens. Twice `none`: the plain case is the common one. */
export const CONDITIONS = ['none', 'reader stands still', 'none', 'disk is full'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** One run of the program and its end. All of it follows from the seed and the number; only the machine's timing does not. */
export interface Trial {
  readonly number: number;
  readonly victim: Victim;
  readonly condition: Condition;
  /** The delays count from here: the start of the program or the first user command. */
  readonly since: 'launch' | 'script';
  readonly killAfterMs: number;
  /** Ctrl-C so long before the kill, so that cleanup is under way or about to be; null: none. */
  readonly interruptMs: number | null;
  /** The disk is full so long before the kill. */
  readonly fullForMs: number;
  /** For `recovery`: how long it may recover. */
  readonly recoverForMs: number;
}

/** A script takes about 0.8 s, its cleanup 0.3: moments are drawn from all of it. */
const LAUNCH_MS = 400;
const LIFE_MS = 1300;

export function drawTrial(seed: number, number: number, conditions: readonly Condition[]): Trial {
  const chance = createChance(seed + number);
  const since = chance() < 0.15 ? 'launch' : 'script';
  const killAfterMs = Math.floor(chance() * (since === 'launch' ? LAUNCH_MS : LIFE_MS));
  return {
    number,
    victim: VICTIMS[number % VICTIMS.length] ?? 'program',
    condition: conditions[Math.floor(number / VICTIMS.length) % conditions.length] ?? 'none',
    since,
    killAfterMs,
    interruptMs: since === 'script' && chance() < 0.4 ? Math.floor(chance() * Math.min(killAfterMs, 400)) : null,
    fullForMs: Math.floor(chance() * Math.min(killAfterMs, 300)),
    recoverForMs: Math.floor(chance() * 500),
  };
}

export function describeTrial({ number, victim, condition, since, killAfterMs, interruptMs }: Trial): string {
  const interrupt = interruptMs === null ? '' : `, ${interruptMs} ms after Ctrl-C`;
  const also = condition === 'none' ? '' : ` while the ${condition}`;
  return `${number}: ${victim} killed ${killAfterMs} ms after the ${since}${interrupt}${also}`;
}

/** Numbers in [0, 1) that look drawn and follow from the seed (mulberry32). */
export function createChance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
