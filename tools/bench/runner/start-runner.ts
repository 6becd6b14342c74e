import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../fixture.ts';
import { program } from '../processes.ts';
import { type ChildServer, startChild } from '../serve/child-server.ts';
import type { Coordinator } from '../serve/coordinator.ts';

/** `epilogue runner run` with the shell executor, for jobs with these tags or for those without. */
export async function startRunner(
  coordinator: Coordinator,
  { concurrent, tags = [] }: { readonly concurrent: number; readonly tags?: readonly string[] },
): Promise<ChildServer> {
  const dir = temporaryDirectory();
  const env = { PATH: process.env.PATH, HOME: join(dir, 'home'), TMPDIR: dir, GIT_CONFIG_GLOBAL: '/dev/null' };
  mkdirSync(env.HOME);
  const tokenFile = join(dir, 'token');
  writeFileSync(tokenFile, `${await coordinator.makeRunner(tags)}\n`);
  const where = ['--url', coordinator.server.url, '--token-file', tokenFile, '--directory', join(dir, 'runner')];
  const how = ['--concurrent', String(concurrent), '--no-guard', '--listen-address', '127.0.0.1:0'];
  return await startChild([program, 'runner', 'run', ...where, ...how], env);
}
