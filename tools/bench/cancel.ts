import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../components/index.ts';
import { type Group, median, quantile, type Reading } from './compare.ts';
import { createFixture, temporaryDirectory } from './fixture.ts';
import { program } from './processes.ts';

const samples = 20;
const settleMs = 30_000;

/** The script tells when TERM reached it, on the clock that all processes of a machine share. */
const scriptFor = (chatty: boolean): string => `
  const { renameSync, writeFileSync } = require('node:fs');
  const write = (name, text) => { writeFileSync(name + '.tmp', text); renameSync(name + '.tmp', name); };
  process.on('SIGTERM', () => { write(process.env.SEEN, String(process.hrtime.bigint())); process.exit(0); });
  setInterval(() => { ${chatty ? "console.log('still working, and saying so')" : ''} }, ${chatty ? 1 : 1000});
  write(process.env.READY, '');`;

export const cancelling: Group = {
  name: 'cancel',
  about: 'from SIGINT at `epilogue run` to TERM at the script',
  comparisons: () => [],
  async readings() {
    return [...(await latencies('silent', false)), ...(await latencies('chatty', true))];
  },
};

async function latencies(name: string, chatty: boolean): Promise<readonly Reading[]> {
  const dir = temporaryDirectory();
  const ciFile = `wait:\n  variables: { READY: ${dir}/ready, SEEN: ${dir}/seen }\n  script: exec ${process.execPath} -e "$CODE"\n`;
  const fixture = createFixture(ciFile);
  const values: number[] = [];
  for (let round = 0; round < samples; round++) values.push(await once(dir, fixture, scriptFor(chatty)));
  const all = `${values.length} samples, ${quantile(values, 0).toFixed(1)}–${quantile(values, 1).toFixed(1)} ms`;
  return [
    { name: `${name}, median`, value: median(values), target: 20, unit: 'ms', note: all },
    { name: `${name}, p99`, value: quantile(values, 0.99), target: 100, unit: 'ms', note: all },
  ];
}

async function once(
  dir: string,
  { dir: repo, env }: { dir: string; env: NodeJS.ProcessEnv },
  code: string,
): Promise<number> {
  for (const name of ['ready', 'seen']) rmSync(join(dir, name), { force: true });
  const child = spawn(process.execPath, [program, 'run', '-C', repo, '--var', `CODE=${code}`], {
    env,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const appears = (name: string, what: string): Promise<void> =>
    waitUntil(() => existsSync(join(dir, name)), { what, timeoutMs: settleMs });
  try {
    await appears('ready', 'the script to start');
    const sentAt = process.hrtime.bigint();
    child.kill('SIGINT');
    await appears('seen', 'TERM at the script');
    return Number(BigInt(readFileSync(join(dir, 'seen'), 'utf8')) - sentAt) / 1e6;
  } catch (error) {
    child.kill('SIGTERM');
    throw error;
  } finally {
    await ended;
  }
}
