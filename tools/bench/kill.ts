import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../components/index.ts';
import { type Group, median, quantile, type Reading } from './compare.ts';
import { createFixture, type Fixture, temporaryDirectory } from './fixture.ts';
import { program } from './processes.ts';

const samples = 10;
const settleMs = 30_000;

/** The script ends at TERM, so that the guard's own work is what is measured, not the grace period. */
export const killing: Group = {
  name: 'kill',
  about: 'from kill -9 of `epilogue run` to the first command of after_script, by the guard',
  comparisons: () => [],
  async readings() {
    const dir = temporaryDirectory();
    const fixture = createFixture(ciFile(dir));
    const values: number[] = [];
    for (let round = 0; round < samples; round++) values.push(await once(dir, fixture));
    const all = `${values.length} samples, ${quantile(values, 0).toFixed(0)}–${quantile(values, 1).toFixed(0)} ms`;
    const reading = (name: string, value: number): Reading => ({ name, value, target: 1000, unit: 'ms', note: all });
    return [reading('median', median(values)), reading('worst', quantile(values, 1))];
  },
};

function ciFile(dir: string): string {
  return `
work:
  script: [touch ${dir}/ready, sleep 300]
  after_script: [date +%s%N > ${dir}/cleaning.tmp && mv ${dir}/cleaning.tmp ${dir}/cleaning]
`;
}

async function once(dir: string, { dir: repo, env }: Fixture): Promise<number> {
  for (const name of ['ready', 'cleaning']) rmSync(join(dir, name), { force: true });
  const child = spawn(process.execPath, [program, 'run', '-C', repo], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const appears = (name: string, what: string): Promise<void> =>
    waitUntil(() => existsSync(join(dir, name)), { what, timeoutMs: settleMs });
  try {
    await appears('ready', 'the script to start');
  } finally {
    child.kill('SIGKILL');
  }
  const killedAt = performance.timeOrigin + performance.now();
  await ended;
  await appears('cleaning', 'after_script to start');
  return Number(readFileSync(join(dir, 'cleaning'), 'utf8')) / 1e6 - killedAt;
}
