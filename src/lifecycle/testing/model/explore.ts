/** One thing that may happen in a world, and what the world is like then. */
export interface Step<W, F> {
  readonly label: string;
  readonly next: W;
  /** What happened on the way, for the invariants. */
  readonly facts: F;
}

export interface Invariant<W, F> {
  readonly name: string;
  /** Looks at one step; the worlds before and after it are complete. */
  readonly isBroken: (before: W, step: Step<W, F>) => boolean;
}

export interface Violation<W> {
  readonly invariant: string;
  /** From the start to the broken step: no shorter trace breaks anything. */
  readonly trace: readonly { readonly label: string; readonly world: W }[];
}

export interface Exploration<W> {
  readonly worlds: readonly W[];
  readonly steps: number;
  readonly violation: Violation<W> | null;
  readonly traceTo: (index: number) => Violation<W>['trace'];
}

export interface Exploring<W, F> {
  readonly start: W;
  /** Two worlds with the same key are one. */
  readonly keyOf: (world: W) => string;
  readonly stepsFrom: (world: W) => readonly Step<W, F>[];
  readonly invariants: readonly Invariant<W, F>[];
  /** A model that grows past this is a mistake in the model. */
  readonly mostWorlds: number;
}

/** Visits every reachable world, nearest first, and stops at the first broken invariant. */
export function explore<W, F>({ start, keyOf, stepsFrom, invariants, mostWorlds }: Exploring<W, F>): Exploration<W> {
  const worlds: W[] = [start];
  const parents: number[] = [-1];
  const labels: string[] = ['start'];
  const seen = new Set([keyOf(start)]);
  let steps = 0;

  const traceTo = (index: number): Violation<W>['trace'] => {
    const trace: { label: string; world: W }[] = [];
    for (let at = index; at >= 0; at = parents[at] as number) {
      trace.unshift({ label: labels[at] as string, world: worlds[at] as W });
    }
    return trace;
  };

  for (let at = 0; at < worlds.length; at += 1) {
    const world = worlds[at] as W;
    for (const step of stepsFrom(world)) {
      steps += 1;
      const broken = invariants.find((invariant) => invariant.isBroken(world, step));
      if (broken !== undefined) {
        const trace = [...traceTo(at), { label: step.label, world: step.next }];
        return { worlds, steps, violation: { invariant: broken.name, trace }, traceTo };
      }
      if (step.next === world) continue;
      const key = keyOf(step.next);
      if (seen.has(key)) continue;
      if (worlds.length >= mostWorlds) throw new Error(`the model has more than ${mostWorlds} worlds`);
      seen.add(key);
      worlds.push(step.next);
      parents.push(at);
      labels.push(step.label);
    }
  }
  return { worlds, steps, violation: null, traceTo };
}
