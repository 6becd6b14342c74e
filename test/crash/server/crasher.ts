import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Orders, Strike } from './orders.ts';

/** Where the parent reads why this process died. */
const REPORT = 3;

/** The moments at which something may happen to this process. */
export interface Crasher {
  /** Comes by a moment. If this is the one it does not return, or returns to a full disk. */
  pass(moment: Strike): void;
}

/** `fill`: makes the disk full. */
export function createCrasher(
  { strikes, points }: Pick<Orders, 'strikes' | 'points'>,
  fill: (moment: Strike) => void,
): Crasher {
  const { deed, most, share, seed, only } = points;
  const counts = new Map(Object.entries(strikes));
  return {
    pass(moment) {
      const here = moment.aspects.map((aspect) => `${aspect} ${moment.side}`);
      const isDue = (point: string): boolean =>
        (counts.get(point) ?? 0) < most && (only === null ? draw(`${seed} ${point}`, share) : only === point);
      if (!here.some(isDue)) return;
      for (const point of here) counts.set(point, (counts.get(point) ?? 0) + 1);
      if (deed === 'die') die(moment);
      fill(moment);
    },
  };
}

function draw(text: string, share: number): boolean {
  return createHash('sha256').update(text).digest().readUInt32BE() % share === 0;
}

function die(strike: Strike): void {
  writeSync(REPORT, `${JSON.stringify(strike)}\n`);
  process.kill(process.pid, 'SIGKILL');
}
