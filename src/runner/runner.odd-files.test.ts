import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beforeOpen, ODD_FILES, replace, waits } from '../../test/support/files/odd-files.ts';
import { payload } from '../../test/support/jobs/payload.ts';
import { Failure, realClock } from '../base/index.ts';
import { createShellExecutor, type JobSpec, makeCookie, type Place } from '../executors/index.ts';
import { createJournal, reopenJournal } from './journal/journal.ts';
import { JobLog } from './log/job-log.ts';
import { createLogFilter } from './log/log-filter.ts';
import { DEFAULT_RUNNER_SETTINGS } from './open/runner-settings.ts';
import { readArchive } from './save/archive/read-archive.ts';
import { readHolder } from './take-over/holder.ts';

vi.mock('node:fs', async (original) => {
  const { watchfulFileSystem } = await import('../../test/support/files/odd-files.ts');
  return watchfulFileSystem(await original());
});

let directory: string;
let job: JobSpec;
const places: Place[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-odd-'));
  mkdirSync(join(directory, 'steps', 'step'), { recursive: true, mode: 0o700 });
  job = {
    stepsDir: join(directory, 'steps'),
    projectDir: join(directory, 'project'),
    cookie: makeCookie(),
    environment: { PATH: process.env.PATH ?? '' },
    image: null,
    services: [],
    variables: {},
    preStopHandler: null,
  };
});

afterEach(async () => {
  expect(waits.splice(0), 'nobody waits for a pipe').toEqual([]);
  beforeOpen.clear();
  for (const place of places.splice(0)) await place.clean();
  rmSync(directory, { recursive: true });
});

async function openPlace(): Promise<Place> {
  const place = await createShellExecutor({ clock: realClock }).prepare(job, new AbortController().signal);
  places.push(place);
  return place;
}

const options = () => ({ directory, now: () => 1 });

function beginJournal(): void {
  createJournal(options(), {
    payload: payload(),
    cookie: job.cookie,
    environment: {},
    shell: null,
    settings: DEFAULT_RUNNER_SETTINGS,
  }).close();
}

function openLog(): string {
  const filter = createLogFilter({ maskedValues: [], tokenPrefixes: [] });
  const log = new JobLog({ directory, filter, now: null, limitBytes: 1e6, onGrowth: () => {} });
  log.write('said\n');
  log.close();
  return readFileSync(join(directory, 'log'), 'utf8');
}

interface Opener {
  /** Where the odd thing lies, below the job's directory. */
  readonly file: string;
  readonly prepare?: () => void;
  readonly open: () => unknown;
  /** What comes of it where the thing was there before: a Failure, by its code, or an answer. */
  readonly before: unknown;
  /** How often the file is opened. Default: once. */
  readonly opens?: number;
  /** What comes of it where the thing came right before the last opening. Default: as before. */
  readonly late?: string;
}

const inStep = (name: string) => join(directory, 'steps', 'step', name);

const OPENERS: Readonly<Record<string, Opener>> = {
  'the moves of a new journal': {
    file: 'moves.jsonl',
    open: beginJournal,
    before: undefined,
    opens: 2,
    late: 'journal_unwritable',
  },
  'the moves of a journal that is taken over': {
    file: 'moves.jsonl',
    prepare() {
      beginJournal();
      writeFileSync(inStep('claim'), '');
    },
    open() {
      const reopened = reopenJournal(options());
      reopened?.journal.close();
      return reopened?.journal.progress.owed;
    },
    before: true,
    opens: 3,
    late: 'journal_unwritable',
  },
  'the log of a job': { file: 'log', open: openLog, before: 'said\n', late: 'log_unwritable' },
  'the position in it': { file: 'log.position', open: openLog, before: 'said\n', opens: 2, late: 'log_unwritable' },
  'the log of a step': {
    file: 'steps/step/log',
    open: async () => await (await openPlace()).readLog('step', 0, Buffer.alloc(9)),
    before: 0,
  },
  'the log of a step that prints too much': {
    file: 'steps/step/log',
    prepare: () => writeFileSync(inStep('log'), 'printed'),
    open: async () => await (await openPlace()).cutLog('step', 0),
    before: 0,
    opens: 2,
  },
  'the room for a script': {
    file: 'steps/step/room',
    // Nothing can be put there; on a full disk neither.
    prepare: () => mkdirSync(join(inStep('script'), 'x'), { recursive: true }),
    open: async () => await (await openPlace()).start({ id: 'step', script: 'true' }),
    before: 'step_not_started',
  },
  'who runs a step': {
    file: 'steps/step/pid',
    prepare: () => writeFileSync(inStep('claim'), ''),
    open: async () => await (await openPlace()).look('step'),
    before: { kind: 'running' },
  },
  'how a step ended': {
    file: 'steps/step/exit',
    open: async () => await (await openPlace()).look('step'),
    before: { kind: 'absent' },
  },
  'the record of the cgroup': {
    file: 'steps/cgroup',
    open: async () => await (await openPlace()).signal('none'),
    before: [],
  },
  'the record of the cgroup, when a step begins': {
    file: 'steps/cgroup',
    open: async () => await (await openPlace()).start({ id: 'first', script: 'true' }),
    before: undefined,
  },
  'an archive': {
    file: 'artifacts.zip',
    async open() {
      const limits = { maxEntries: 9, maxBytes: 9 };
      await readArchive(join(directory, 'artifacts.zip'), limits, new AbortController().signal).next();
    },
    before: 'archive_unreadable',
  },
  'the name of the holder': { file: 'holder.json', open: () => readHolder(directory), before: null },
};

async function outcomeOf(open: () => unknown): Promise<unknown> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

describe.each(Object.entries(OPENERS))('%s', (_, { file, prepare, open, before, opens = 1, late = before }) => {
  it.each(Object.entries(ODD_FILES))('may be %s: nobody waits for it', async (_kind, make) => {
    prepare?.();
    replace(join(directory, file), make);
    expect(await outcomeOf(open)).toEqual(before);
  });

  const turns = Array.from({ length: opens }, (_value, index) => index);
  const cases = Object.entries(ODD_FILES).flatMap(([kind, make]) => turns.map((turn) => ({ kind, make, turn })));
  it.each(cases)('may turn into $kind between a look and an opening ($turn)', async ({ make, turn }) => {
    const path = join(directory, file);
    prepare?.();
    const acts = Array.from({ length: turn }, () => () => {});
    beforeOpen.set(path, [...acts, () => replace(path, make)]);
    expect(await outcomeOf(open)).toEqual(turn === opens - 1 ? late : before);
    expect(beforeOpen.get(path), 'what it was is looked at before each of the openings').toEqual([]);
  });
});

it('owes a cleanup where a script has made the moves longer than any memory', () => {
  beginJournal();
  writeFileSync(inStep('claim'), '');
  truncateSync(join(directory, 'moves.jsonl'), 2 ** 40);
  const reopened = reopenJournal(options());
  reopened?.journal.close();
  expect(reopened?.journal.progress.owed).toBe(true);
});
