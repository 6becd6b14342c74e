import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTest, placeOf, pureRooms } from '../rules/rooms.ts';
import { root } from './check-steps.ts';

/** With these a source meets files, processes and users itself. */
const MEETS = /from 'node:(?:fs|fs\/promises|child_process|sqlite|os)'|process\.(?:kill|umask|getuid|chdir)\b/;

/** What a runner says to servers, at which times, and how much: the same whoever runs it. */
const SAME_FOR_ALL = ['transcript/', 'plain-server/', 'load/', 'several-entries'].map((name) => `test/daemon/${name}`);

/** Tests that start the real program, below the checkout: all but those few. */
export function testsOfTheProgram(): readonly string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('test', path))
    .filter((path) => path.endsWith('.test.ts') && !SAME_FOR_ALL.some((beginning) => path.startsWith(beginning)));
}

/**
 * Unit tests that may end otherwise for another user, below the checkout: all but those of rooms whose answer depends on nothing but their arguments (`bin/check`
 * sees to that), and of the coordinator those parts alone that meet the machine themselves. The others reach it through rooms whose tests are here.
 */
export function testsOnTheMachine(): readonly string[] {
  const files = ['src', 'tools'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(top, path)),
  );
  const meeting = new Set(files.filter((path) => !isTest(path) && meetsMachine(path)).map(partOf));
  return files.filter((path) => {
    if (!path.endsWith('.test.ts')) return false;
    const room = roomOf(path);
    return room === 'coordinator' ? meeting.has(partOf(path)) : room === null || !pureRooms.has(room);
  });
}

function roomOf(path: string): string | null {
  const place = placeOf(path);
  return place?.kind === 'room' ? place.room : null;
}

/** A folder of a room; a file that stands in the room itself. */
function partOf(path: string): string {
  const [, room = '', part = ''] = path.split('/');
  return dirname(path) === `src/${room}` ? path.replace(/\..*$/, '') : `${room}/${part}`;
}

function meetsMachine(path: string): boolean {
  return roomOf(path) === 'coordinator' && MEETS.test(readFileSync(join(root, path), 'utf8'));
}
