import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkoutKey, runsDirectory } from '../runs/run-directory.ts';
import { writeRunRecord } from '../runs/run-record.ts';
import { takeResource } from './take-resource.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-resource-')));
});

afterEach(() => rmSync(root, { recursive: true }));

/** A run of one checkout that is there and has no jobs. */
function newRun(id: number) {
  const paths = { state: join(root, 'state'), cache: join(root, 'cache') };
  const path = join(runsDirectory(paths), String(id));
  mkdirSync(path, { recursive: true });
  const record = { id, checkout: root, startedAt: id, ref: 'main', sha: '', keep: false, outerJob: null };
  writeRunRecord(path, record);
  return { path, paths, record };
}

async function taken(run: ReturnType<typeof newRun>): Promise<() => void> {
  const answer = await takeResource(run, run.record.id + 1, 'db');
  if (answer.kind !== 'taken') throw new Error(`the group is ${answer.kind}`);
  return answer.giveBack;
}

function holderFile(): string {
  const directory = join(root, 'state', 'resources', checkoutKey(root));
  return join(directory, readdirSync(directory).find((file) => file.endsWith('.json')) ?? '');
}

/** What a run leaves that is killed while a job of it holds the group: the kernel drops the lock, the name stays. */
async function holdAndDie(run: ReturnType<typeof newRun>): Promise<void> {
  const giveBack = await taken(run);
  const [file, text] = [holderFile(), readFileSync(holderFile())];
  giveBack();
  writeFileSync(file, text);
}

it('goes from one run to the next once it is given back', async () => {
  (await taken(newRun(1)))();
  (await taken(newRun(3)))();
});

it('stays with a killed run that nobody can read, until its directory is removed', async () => {
  const [first, second] = [newRun(1), newRun(3)];
  await holdAndDie(first);
  writeFileSync(join(first.path, 'run.json'), '{');
  expect(await takeResource(second, 4, 'db')).toMatchObject({ kind: 'owed', by: { run: 1, job: 2 } });
  rmSync(first.path, { recursive: true });
  (await taken(second))();
});

it('is given back also where the name of its holder cannot be removed', async () => {
  const giveBack = await taken(newRun(1));
  const file = holderFile();
  rmSync(file);
  mkdirSync(file);
  giveBack();
  rmSync(file, { recursive: true });
  (await taken(newRun(3)))();
});
