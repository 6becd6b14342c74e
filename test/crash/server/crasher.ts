import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Death, Orders } from './orders.ts';

/** Where the parent reads why this process died. */
const REPORT = 3;

/** The moments at which this process may be told to die. */
export interface Crasher {
  /** Comes by a moment. It does not return if this is the one. */
  pass(moment: Death): void;
}

export function createCrasher({ kills, points }: Pick<Orders, 'kills' | 'points'>): Crasher {
  const { most, share, seed, only } = points;
  return {
    pass(moment) {
      const point = `${moment.kind} ${moment.side}`;
      const isDrawn = only === null ? draw(`${seed} ${point}`, share) : only === point;
      if (moment.kind !== '' && isDrawn && (kills[point] ?? 0) < most) die(moment);
    },
  };
}

function draw(text: string, share: number): boolean {
  return createHash('sha256').update(text).digest().readUInt32BE() % share === 0;
}

function die(death: Death): void {
  writeSync(REPORT, `${JSON.stringify(death)}\n`);
  process.kill(process.pid, 'SIGKILL');
}
