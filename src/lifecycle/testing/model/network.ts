import { isFinished } from '../../../protocol/index.ts';
import { IDLE, type Message, type World } from './world.ts';

type Direction = 'toCoordinator' | 'toRunners';

/** A full network loses what is put into it. */
export function put(world: World, direction: Direction, message: Message, capacity: number): World {
  const carried = world[direction];
  if (carried.includes(message) || carried.length >= capacity) return world;
  return { ...world, [direction]: [...carried, message].sort() };
}

export function without(world: World, direction: Direction, message: Message): World {
  return { ...world, [direction]: world[direction].filter((other) => other !== message) };
}

/** `stop:2` → ['stop', 2] and whatever stands behind it. */
export function parse(message: Message): Parsed {
  const known = PARSED.get(message);
  if (known !== undefined) return known;
  const [type = '', attempt = '0', ...rest] = message.split(':');
  const parsed = { type, attempt: Number(attempt), rest };
  PARSED.set(message, parsed);
  return parsed;
}

interface Parsed {
  readonly type: string;
  readonly attempt: number;
  readonly rest: readonly string[];
}

const PARSED = new Map<Message, Parsed>();

export const NOBODY: World['runners'] = [IDLE, IDLE];
export const SILENCE: readonly Message[] = [];

/**
 * Once the job has finished, what its runners still do does not matter, only what they may say. So the model forgets the
 * runners then, and lets every message of every attempt arrive at any time: more than could really come, in far fewer worlds.
 * Not while an `ack` is on its way, which may still start a user command.
 */
export function forgetRunners(world: World): World {
  const matters = world.toRunners.some((message) => message.startsWith('ack'));
  if (!isFinished(world.job.status) || matters) return world;
  const isForgotten = world.runners === NOBODY && world.toCoordinator === SILENCE && world.toRunners === SILENCE;
  return isForgotten ? world : { ...world, runners: NOBODY, toCoordinator: SILENCE, toRunners: SILENCE };
}
