import type { Step } from './explore.ts';
import { forgetRunners, parse, put, without } from './network.ts';
import {
  type Facts,
  IDLE,
  type Message,
  NO_FACTS,
  type RunnerCause,
  type RunnerModel,
  type Variant,
  type World,
} from './world.ts';

type WorldStep = Step<World, Facts>;

/** Everything that runner `which` may do by itself. Runner 1 only takes cleanups and is one of ours. */
export function runnerSteps(world: World, which: 0 | 1, variant: Variant): WorldStep[] {
  const runner = world.runners[which];
  const step = (label: string, to: Partial<RunnerModel>, rest: StepRest = {}): WorldStep => {
    const changed = { ...withRunner(world, which, { ...runner, ...to }), ...rest.world };
    const next = (rest.says ?? []).reduce(
      (w, said) => put(w, 'toCoordinator', said, variant.capacity.toCoordinator),
      changed,
    );
    return { label: `runner ${which} ${label}`, next, facts: NO_FACTS };
  };
  const isOurs = which === 1 || variant.runner.phases;
  if (!runner.isUp) {
    const says: Message[] = isOurs && runner.at !== 'idle' ? [`resumed:${runner.attempt}`] : [];
    return [step('restarts and reads its journal', { isUp: true }, { says })];
  }
  if (runner.at === 'idle') return [];
  const work = workSteps(world, runner, isOurs, step);
  if (variant.extends && isOurs && runner.at === 'cleaning') {
    work.push(step('asks for more time', {}, { says: [`extended:${runner.attempt}`] }));
  }
  return variant.crashes ? [...work, step('crashes', { isUp: false })] : work;
}

interface StepRest {
  readonly says?: readonly Message[];
  readonly world?: Partial<World>;
}

type MakeStep = (label: string, to: Partial<RunnerModel>, rest?: StepRest) => WorldStep;

function workSteps(
  world: World,
  { at, attempt, cause, cleanup }: RunnerModel,
  ours: boolean,
  step: MakeStep,
): WorldStep[] {
  const { truth } = world;
  switch (at) {
    case 'preparing': {
      const fails = step('cannot prepare', { at: 'reporting', cause: 'failed' });
      if (ours)
        return [fails, step('asks to start the script', { at: 'asking' }, { says: [`script_started:${attempt}`] })];
      return [fails, step('starts the script', { at: 'script' }, { world: { truth: { ...truth, ran: true } } })];
    }
    case 'asking':
      return [
        step('asks again', {}, { says: [`script_started:${attempt}`] }),
        step('gives up asking', { at: 'reporting', cause: 'failed' }),
      ];
    case 'script': {
      const ends = (['succeeded', 'failed'] as const).map((how) => {
        const says: Message[] = ours ? [`teardown_started:${attempt}:${how}`] : [];
        return step(`ends the script: ${how}`, { at: 'cleaning', cause: how }, { says });
      });
      return ours ? ends : [...ends, step('drops the job on a timeout', { at: 'reporting', cause: 'timeout' })];
    }
    case 'cleaning': {
      const says: Message[] = ours ? [`cleaned:${attempt}:${cause}`] : [];
      const done = { at: 'reporting', cleanup: 'done' } as const;
      const cleans = step('ends after_script', done, { says, world: { truth: { ...truth, cleaned: true } } });
      return ours ? [cleans, step("finds the job's place gone", { at: 'reporting', cleanup: 'gone' })] : [cleans];
    }
    case 'reporting': {
      const report: Message = `finished:${attempt}:${cause}:${cleanup}`;
      return [step('reports', {}, { says: [report] })];
    }
    case 'idle':
      return [];
  }
}

/** A message from the coordinator reaches whichever runner has that attempt. */
export function hear(world: World, message: Message): World {
  const { type, attempt } = parse(message);
  const which = world.runners.findIndex((runner) => runner.isUp && runner.at !== 'idle' && runner.attempt === attempt);
  if (which !== 0 && which !== 1) return world;
  const runner = world.runners[which];
  const next = answer(runner, type);
  if (next === runner) return world;
  const ran = world.truth.ran || (next.at === 'script' && runner.at === 'asking');
  return { ...withRunner(world, which, next), truth: { ...world.truth, ran } };
}

function answer(runner: RunnerModel, type: string): RunnerModel {
  if (type === 'over') return { ...IDLE };
  if (type === 'ack' && runner.at === 'asking') return { ...runner, at: 'script' };
  if (type !== 'stop') return runner;
  const cause: RunnerCause = 'stopped';
  // Once it has asked, cleanup may be on the books already: it is done, although no user command will start now.
  if (runner.at === 'script' || runner.at === 'asking') return { ...runner, at: 'cleaning', cause };
  return runner.at === 'preparing' ? { ...runner, at: 'reporting', cause } : runner;
}

/** Every message on its way to the runners may be heard, now and again later, or be lost. */
export function deliverySteps(world: World): WorldStep[] {
  return world.toRunners.flatMap((message) => [
    { label: `runner hears ${message}`, next: forgetRunners(hear(world, message)), facts: NO_FACTS },
    { label: `${message} is lost`, next: forgetRunners(without(world, 'toRunners', message)), facts: NO_FACTS },
  ]);
}

export function withRunner(world: World, which: 0 | 1, runner: RunnerModel): World {
  const [first, second] = world.runners;
  return { ...world, runners: which === 0 ? [runner, second] : [first, runner] };
}
