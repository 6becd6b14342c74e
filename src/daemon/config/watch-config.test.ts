import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { type Clock, realClock } from '../../base/index.ts';
import { loadConfig } from './load-config.ts';
import type { RunnerConfig } from './runner-config.ts';
import { type ConfigWatch, watchConfig } from './watch-config.ts';

const ENTRY = '[[runners]]\nurl = "http://h"\ntoken = "t"\nexecutor = "shell"\n';

let directory: string;
let path: string;
let heard: RunnerConfig[];
let said: string[];
let looks: number;
let watch: ConfigWatch;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-config-'));
  path = join(directory, 'config.toml');
  [heard, said, looks] = [[], [], 0];
  writeFileSync(path, ENTRY);
  const source = { path, directory, env: {} };
  const { config, stamp } = loadConfig(source);
  if (config === null) throw new Error('the file is good');
  watch = watchConfig({
    ...{ source, config, stamp, clock: HASTY },
    onChange: (next) => heard.push(next),
    log: (level, text) => said.push(`${level} ${text}`),
  });
});

afterEach(async () => {
  await watch.end();
  rmSync(directory, { recursive: true });
});

/** Three seconds are over soon. */
const HASTY: Clock = {
  ...realClock,
  async sleep(_ms, signal) {
    looks += 1;
    await realClock.sleep(5, signal);
  },
};

async function looksTwice(): Promise<void> {
  const before = looks;
  await waitUntil('it looks twice', () => looks >= before + 2);
}

it('hands on what a changed file says, once a change, also of one that was put in its place', async () => {
  await looksTwice();
  expect(heard).toEqual([]);
  writeFileSync(path, `concurrent = 7\n${ENTRY}`);
  await waitUntil('the change is seen', () => heard.length === 1);
  writeFileSync(`${path}.new`, `concurrent = 8\n${ENTRY}`);
  renameSync(`${path}.new`, path);
  await waitUntil('the next change is seen', () => heard.length === 2);
  await looksTwice();
  expect(heard.map(({ concurrent }) => concurrent)).toEqual([7, 8]);
});

it('changes nothing for a broken file, or none, and says so once a change', async () => {
  writeFileSync(path, 'concurrent = 0\n');
  await waitUntil('it says so', () => said.length >= 2);
  await looksTwice();
  expect(said).toEqual([
    `error ${path}: concurrent must be a whole number from 1`,
    `warn ${path} cannot be used: this runner goes on with what it had`,
  ]);
  rmSync(path);
  await waitUntil('it says so', () => said.length >= 3);
  await looksTwice();
  expect(said).toHaveLength(3);
  expect(said[2]).toContain(`there is no ${path}`);
  expect(heard).toEqual([]);
  writeFileSync(path, ENTRY);
  await waitUntil('the good file is seen', () => heard.length === 1);
});

it('reads it at once when asked to, changed or not, and says what waits for the next start', () => {
  watch.read();
  expect(heard).toHaveLength(1);
  writeFileSync(path, `listen_address = ":1"\n${ENTRY}`);
  watch.read();
  expect(said).toContain('warn listen_address holds from the next start of this runner');
  writeFileSync(path, `log_level = "debug"\nlog_format = "json"\nconnection_max_age = "1m"\n${ENTRY}`);
  said.length = 0;
  watch.read();
  expect(said.filter((line) => line.includes('next start')).map((line) => line.split(' ')[1])).toEqual([
    ...['connection_max_age', 'log_level', 'log_format'],
  ]);
  said.length = 0;
  writeFileSync(path, ENTRY);
  watch.read();
  expect(said).toEqual([`info ${path} was read again`]);
});

it('sees a change that came between the first reading and its first look', async () => {
  await watch.end();
  const source = { path, directory, env: {} };
  const { config, stamp } = loadConfig(source);
  if (config === null) throw new Error('the file is good');
  writeFileSync(path, `concurrent = 9\n${ENTRY}`);
  watch = watchConfig({
    ...{ source, config, stamp, clock: HASTY },
    onChange: (next) => heard.push(next),
    log: () => {},
  });
  await waitUntil('the change is seen', () => heard.some(({ concurrent }) => concurrent === 9));
});

it('says how bad a mistake is once, and in one line', () => {
  writeFileSync(path, `${ENTRY}limmit = 1\n`);
  watch.read();
  expect(said[0]).toBe(
    `warn ${path}: runners[0].limmit is not a key that we know, and has no effect hint: did you mean "limit"?`,
  );
});
