import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTest, placeOf, pureRooms } from '../rules/rooms.ts';
import { root } from './check-steps.ts';

/** With these a source meets files, processes and users itself. */
const MEETS = /from 'node:(?:fs|fs\/promises|child_process|sqlite|os)'|process\.(?:kill|umask|getuid|chdir)\b/;

/** Rooms that work on rows, bytes and requests; of these the parts that meet the machine themselves are tested twice, and no other. */
const PART_BY_PART: ReadonlySet<string> = new Set(['blobs', 'coordinator', 'store']);

/** Of the tests that start the program, those of what is the same whoever runs it: the beginnings of their names, below `test`. */
const SAME_FOR_ALL: readonly string[] = [
  // What a server is asked, and answers; its pipelines.
  ...['clients/', 'serve/pipelines/', 'serve/cancel.', 'serve/s3.', 'serve/readme.', 'serve/runner-events.'],
  // What a browser shows.
  'page/',
  // What a database keeps.
  ...['crash/', 'campaign/replicas'],
  // What is asked of an engine of containers, which only root may start.
  'docker/',
  // What a runner says to servers, at which times, and how much.
  ...['daemon/transcript/', 'daemon/plain-server/', 'daemon/load/', 'daemon/several-entries.'],
];

/** Tests that start the real program, below the checkout: all but those few. */
export function testsOfTheProgram(): readonly string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !SAME_FOR_ALL.some((beginning) => path.startsWith(beginning)))
    .map((path) => join('test', path));
}

/**
 * Unit tests that may end otherwise for another user, below the checkout: all but those of rooms whose answer depends on nothing but their arguments (`bin/check`
 * sees to that), and of a few rooms those parts alone that meet the machine themselves. The others reach it through rooms whose tests are here. A test that is
 * for an ordinary user only must be among them, wherever it stands; `gate.test.ts` sees to that.
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
    if (room === null) return true;
    return PART_BY_PART.has(room) ? meeting.has(partOf(path)) : !pureRooms.has(room);
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
  return PART_BY_PART.has(roomOf(path) ?? '') && MEETS.test(readFileSync(join(root, path), 'utf8'));
}
