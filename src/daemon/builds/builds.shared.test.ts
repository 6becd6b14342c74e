import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { Builds } from './builds.ts';

let dir = '';
let warnings: string[] = [];

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-shared-')));
  warnings = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A process that works in a directory of its own. */
function runner(name: string) {
  const jobs = join(dir, name, 'jobs');
  mkdirSync(jobs, { recursive: true });
  const builds = new Builds(jobs, (text) => warnings.push(text));
  const home = (id: number): string => join(jobs, String(id));
  const settings = { token: 'glrt-t1_abcdefghijklmn', buildsDir: join(dir, 'builds'), isPathFree: false };
  return {
    async take(id: number): Promise<number> {
      mkdirSync(home(id), { recursive: true });
      return (await builds.take(home(id), payload({}), settings)).slot;
    },
    end: (id: number) => builds.release(home(id)),
    home,
  };
}

it('has slots that two runners share, none at the same time, and none set aside for good', async () => {
  const [one, two] = [runner('one'), runner('two')];
  expect([await one.take(1), await two.take(1), await one.take(2)]).toEqual([0, 1, 2]);
  one.end(1);
  expect([await two.take(2), warnings]).toEqual([0, []]);
});

const TAKE = `
import { Builds } from '${join(import.meta.dirname, 'builds.ts')}';
import { payload } from '${join(import.meta.dirname, '../../../test/support/jobs/payload.ts')}';
const [jobs, buildsDir] = process.argv.slice(1);
const settings = { token: 'glrt-t1_abcdefghijklmn', buildsDir, isPathFree: false };
const { slot } = await new Builds(jobs, () => {}).take(jobs + '/1', payload({}), settings);
console.log(slot);
setInterval(() => {}, 1000);
`;

it('leaves a killed runner the slot of a job that it has still on its books, and no longer', async () => {
  const home = join(dir, 'killed/jobs/1');
  mkdirSync(home, { recursive: true });
  // As a journal that cannot be read: whatever runs there may be the job's.
  writeFileSync(join(home, 'job.json'), 'damaged');
  const words = ['--input-type=module', '--eval', TAKE, join(dir, 'killed/jobs'), join(dir, 'builds')];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [slot] = await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(String(slot)).toBe('0\n');
  expect(await runner('other').take(1)).toBe(1);
  const next = runner('killed');
  expect(await next.take(1)).toBe(0);
  next.end(1);
  expect(await runner('third').take(1)).toBe(0);
  expect(readdirSync(join(dir, 'builds/.slots')).filter((name) => name.endsWith('.home'))).toHaveLength(2);
});
