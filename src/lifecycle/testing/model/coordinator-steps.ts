import { DEFAULT_BUDGETS, isExecuting, isFinished } from '../../../protocol/index.ts';
import type { JobEvent, JobResult } from '../../job/index.ts';
import type { Coordinator, Due } from './coordinator.ts';
import type { Step } from './explore.ts';
import { eventOf } from './messages.ts';
import { forgetRunners, parse, put, SILENCE, without } from './network.ts';
import { withRunner } from './runner-steps.ts';
import { type Facts, IDLE, type Message, NO_FACTS, OURS, type Truth, type Variant, type World } from './world.ts';

type WorldStep = Step<World, Facts>;

/** Everything that the coordinator, a person or a clock may do. */
export function coordinatorSteps(coordinator: Coordinator, world: World, variant: Variant): WorldStep[] {
  const { job } = world;
  const happen = (label: string, event: JobEvent, due: Due = 'nothing'): WorldStep[] =>
    take(coordinator, world, variant, { label, event, key: label, due });
  const steps = [
    ...happen('the job is enqueued', { type: 'enqueue' }),
    ...happen('the job becomes manual', { type: 'actionize' }),
    ...happen('the job is delayed', { type: 'schedule' }),
    ...happen('the job is skipped', { type: 'skip', why: 'model' }),
    ...happen('the job gets another turn', { type: 'process' }),
    ...happen('a person plays the job', { type: 'play' }),
    ...happen('a person cancels', { type: 'cancel', by: 'person', cause: 'canceled' }),
    ...happen('a person force-cancels', { type: 'force_cancel', by: 'person' }),
    ...happen('the place is evicted', { type: 'evicted', attempt: job.attempt }),
    ...happen('the job is dropped', { type: 'drop', reason: 'trace_size_exceeded' }),
    ...happen('the delay is over', { type: 'tick' }, 'start'),
    ...happen('the lease lapses', { type: 'tick' }, 'lease'),
    ...happen('the deadline passes', { type: 'tick' }, 'deadline'),
    ...claims(coordinator, world, variant),
    ...renewals(coordinator, world, variant),
    ...arriving(world).flatMap((message) => receive(coordinator, world, variant, message)),
  ];
  const restart = { ...world, toCoordinator: SILENCE, toRunners: SILENCE };
  return [...steps, { label: 'the coordinator restarts', next: restart, facts: NO_FACTS }];
}

interface Happening {
  readonly label: string;
  readonly event: JobEvent;
  readonly key: string;
  readonly due?: Due;
  /** Attempt named by a runner's message. */
  readonly from?: number;
}

/** Applies an event and puts what its effects ask for on the wire. A refusal is a step only where somebody hears of it. */
function take(coordinator: Coordinator, world: World, variant: Variant, what: Happening): WorldStep[] {
  const { result, jobKey, setDeadline } = coordinator.apply(world, what.event, what.key, what.due);
  if (result.kind !== 'moved' && what.from === undefined) return [];
  const isClaim = ['claim', 'claim_cleanup', 'resumed'].includes(what.event.type);
  const granted = isClaim && result.kind === 'moved';
  const truth = nowTrue(world, result, what);
  const isSame = jobKey === world.jobKey && truth === world.truth;
  let next: World = isSame ? world : { ...world, job: result.job, jobKey, truth };
  const say = (message: Message) => {
    next = put(next, 'toRunners', message, variant.capacity.toRunners);
  };
  for (const effect of result.effects) {
    if (effect.type === 'stop') say(`stop:${effect.attempt}`);
    if (effect.type === 'abort') say(`over:${effect.attempt}`);
  }
  if (what.from !== undefined) for (const message of replies(what.event, result, what.from)) say(message);
  const accepted = what.from !== undefined && result.kind !== 'refused' && !granted ? what.from : null;
  return [
    { label: what.label, next: forgetRunners(next), facts: { accepted, granted, event: what.event.type, setDeadline } },
  ];
}

/** What the answer to a runner's call tells it. */
function replies(event: JobEvent, result: JobResult, attempt: number): Message[] {
  if (result.kind === 'refused') return [result.reason === 'script_is_over' ? `stop:${attempt}` : `over:${attempt}`];
  if (event.type === 'finished') return [`over:${attempt}`];
  if (event.type === 'script_started') return [`ack:${attempt}`];
  const mustStop = result.job.phase === 'teardown' && (event.type === 'renew' || event.type === 'resumed');
  return mustStop ? [`stop:${attempt}`] : [];
}

function nowTrue({ job, truth }: World, result: JobResult, { event, from }: Happening): Truth {
  const isMoved = result.kind === 'moved';
  if (isMoved && event.type === 'resumed') return { ...truth, live: from ?? 0 };
  if (isMoved && (event.type === 'claim' || event.type === 'claim_cleanup'))
    return { ...truth, granted: truth.granted + 1, live: truth.granted + 1 };
  const isRevoked = result.effects.some(
    ({ type }) => type === 'abort' || type === 'finished' || type === 'offer_cleanup',
  );
  const isCancel = event.type === 'cancel' || event.type === 'force_cancel';
  const beforeItRan = isCancel && result.kind === 'moved' && !isExecuting(job.status) && !isFinished(job.status);
  if (!isRevoked && !beforeItRan) return truth;
  return {
    ...truth,
    live: isRevoked ? 0 : truth.live,
    canceledBeforeItRan: truth.canceledBeforeItRan || beforeItRan,
  };
}

/** A runner asks for work; its answer arrives, or is lost and the coordinator believes in a runner that knows nothing. */
function claims(coordinator: Coordinator, world: World, variant: Variant): WorldStep[] {
  const job: JobEvent = { type: 'claim', runner: variant.runner, leaseMs: 1, budgets: DEFAULT_BUDGETS };
  const cleanup: JobEvent = { type: 'claim_cleanup', runner: OURS, leaseMs: 1 };
  const taken = take(coordinator, world, variant, { label: 'runner 0 takes the job', event: job, key: 'claim' });
  const cleaned = take(coordinator, world, variant, {
    label: 'runner 1 takes the cleanup',
    event: cleanup,
    key: 'claim_cleanup',
  });
  return [
    ...taken.flatMap((step) => bothWays(step, 0, { ...IDLE, at: 'preparing', attempt: step.next.truth.granted })),
    ...cleaned.flatMap((step) =>
      bothWays(step, 1, { ...IDLE, at: 'cleaning', cause: 'stopped', attempt: step.next.truth.granted }),
    ),
  ];
}

function bothWays(step: WorldStep, which: 0 | 1, runner: World['runners'][0]): WorldStep[] {
  const heard = withRunner(step.next, which, runner);
  return [
    { ...step, next: heard },
    { ...step, label: `${step.label}, the answer is lost` },
  ];
}

/** A renewal that is late or lost is like none, so it never lies on the wire; its answer does. */
function renewals(coordinator: Coordinator, world: World, variant: Variant): WorldStep[] {
  return world.runners.flatMap(({ isUp, at, attempt }, which) => {
    if (!isUp || at === 'idle') return [];
    const event: JobEvent = { type: 'renew', attempt, leaseMs: 1 };
    const label = `runner ${which} renews its lease`;
    return take(coordinator, world, variant, { label, event, key: `renew:${attempt}`, from: attempt });
  });
}

function arriving(world: World): readonly Message[] {
  if (!isFinished(world.job.status)) return world.toCoordinator;
  const attempts = Array.from({ length: world.truth.granted }, (_, index) => index + 1);
  return attempts.flatMap((attempt): Message[] => [
    `renew:${attempt}`,
    `script_started:${attempt}`,
    `teardown_started:${attempt}:succeeded`,
    `extended:${attempt}`,
    `resumed:${attempt}`,
    `cleaned:${attempt}:succeeded`,
    `finished:${attempt}:succeeded:done`,
    `finished:${attempt}:failed:gone`,
  ]);
}

/** A message may be heard, now and again later, or be lost. */
function receive(coordinator: Coordinator, world: World, variant: Variant, message: Message): WorldStep[] {
  const event = eventOf(message, variant);
  const what = { label: `coordinator hears ${message}`, event, key: message, from: parse(message).attempt };
  const lost = { label: `${message} is lost`, next: without(world, 'toCoordinator', message), facts: NO_FACTS };
  return [...take(coordinator, world, variant, what), lost];
}
