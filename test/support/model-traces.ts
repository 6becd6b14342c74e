import type { JobEvent, JobState, RunnerFeatures } from '../../src/lifecycle/index.ts';
import { NORMAL } from '../../src/lifecycle/testing/model/check-job.ts';
import { Coordinator, type Due } from '../../src/lifecycle/testing/model/coordinator.ts';
import { coordinatorSteps } from '../../src/lifecycle/testing/model/coordinator-steps.ts';
import { deliverySteps, runnerSteps } from '../../src/lifecycle/testing/model/runner-steps.ts';
import type { Variant, World } from '../../src/lifecycle/testing/model/world.ts';
import { type Interruptible, isFinished } from '../../src/protocol/index.ts';

/** One thing that happened to a job of the model, and how the job stands after it. */
export interface TraceStep {
  readonly label: string;
  /** Null: nothing that the coordinator hears of; a runner or the network did something. */
  readonly heard: Heard | null;
  readonly job: JobState;
}

export interface Heard {
  readonly event: JobEvent;
  readonly due: Due;
  /** Whoever said it is told this. */
  readonly answer: ReturnType<Coordinator['apply']>['result']['kind'];
}

export interface TraceOptions {
  readonly interruptible: Interruptible;
  readonly runner: RunnerFeatures;
  readonly cleanupHandOuts: number;
  readonly seed: number;
  readonly length: number;
}

/** What only a pipeline decides; the trace begins with the job enqueued. */
const SCHEDULING = /^the job (is enqueued|becomes manual|is delayed|is skipped|gets another turn)/;

/** Remembers every event that it was ever given, by its key. */
class Recorder extends Coordinator {
  private readonly events = new Map<string, { readonly event: JobEvent; readonly due: Due }>();

  override apply(...given: Parameters<Coordinator['apply']>): ReturnType<Coordinator['apply']> {
    const [, event, key, due = 'nothing'] = given;
    this.events.set(key, { event, due });
    return super.apply(...given);
  }

  /** Null: the key is of no event. */
  heardAt(world: World, key: string): Heard | null {
    const known = this.events.get(key);
    if (known === undefined) return null;
    const { event, due } = known;
    return { event, due, answer: this.apply(world, event, key, due).result.kind };
  }
}

/** Steps after the job's end: every word of every runner may still come, and all of them are refused. */
const AFTER_END = 8;

/** A random walk through the lifecycle's model, from a job that waits for a runner to a little after its end. The same for the same seed. */
export function randomTrace({ seed, length, ...options }: TraceOptions): readonly TraceStep[] {
  const variant: Variant = { ...NORMAL, ...options, extends: true, capacity: { toCoordinator: 3, toRunners: 2 } };
  const recorder = new Recorder(variant);
  const chance = randomFrom(seed);
  const trace: TraceStep[] = [];
  const first = coordinatorSteps(recorder, recorder.start(), variant).find(({ label }) => /is enqueued/.test(label));
  if (first === undefined) throw new Error('the model lets no job be enqueued');
  let world: World = first.next;
  for (let step = 0, late = 0; step < length && late < AFTER_END; step += 1) {
    if (isFinished(world.job.status)) late += 1;
    const decided = coordinatorSteps(recorder, world, variant).filter(({ label }) => !SCHEDULING.test(label));
    const others = [...runnerSteps(world, 0, variant), ...runnerSteps(world, 1, variant), ...deliverySteps(world)];
    // Most of what a coordinator may do ends the job; uniformly drawn, hardly one would get to its script.
    const lively = decided.filter(({ next: { job } }) => !isFinished(job.status));
    const ours = lively.length > 0 && chance() < 0.9 ? lively : decided;
    const among = others.length > 0 && chance() < 0.7 ? others : ours;
    const next = draw(among, chance);
    if (next === undefined) break;
    const heard = among === ours ? recorder.heardAt(world, keyOf(next.label)) : null;
    world = next.next;
    trace.push({ label: next.label, heard, job: world.job });
  }
  return trace;
}

/** What ends a job early, or keeps a word from being heard: as likely as all else, hardly a job would come to its cleanup. */
const HARSH =
  /cannot prepare|crashes|is lost|is dropped|evicted|cancels|lapses|deadline passes|restarts$|times? out|on a timeout|place gone/;
const MOST_DRAWS = 3;

function draw<T extends { readonly label: string }>(among: readonly T[], chance: () => number): T | undefined {
  let drawn = among[Math.floor(chance() * among.length)];
  for (let again = 1; again < MOST_DRAWS && drawn !== undefined && HARSH.test(drawn.label); again += 1) {
    drawn = among[Math.floor(chance() * among.length)];
  }
  return drawn;
}

function keyOf(label: string): string {
  if (label.startsWith('runner 0 takes the job')) return 'claim';
  if (label.startsWith('runner 1 takes the cleanup')) return 'claim_cleanup';
  if (label.startsWith('coordinator hears ')) return label.slice('coordinator hears '.length);
  return label;
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
