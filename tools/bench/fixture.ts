import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, time } from './processes.ts';

const usualFiles = 100;
const fileBytes = 4096;
export const cores = availableParallelism();

const directories: string[] = [];
process.once('exit', () => {
  for (const dir of directories) rmSync(dir, { recursive: true, force: true });
});

/** Removed when the program ends, also when it is interrupted. */
export function temporaryDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'epilogue-bench-'));
  directories.push(dir);
  return dir;
}

/** A small repository (usually 100 files of 4 KiB) with a CI file, and a home of its own, so that nothing of the user's plays a part. */
export interface Fixture {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ms of `epilogue run` on it. */
  run(): number;
  /** Ms of the same number of `bash -c true`, each in a fresh checkout, `concurrency` at a time. */
  runPlain(jobs: number, concurrency: number, way?: 'worktree' | 'files'): number;
}

export function createFixture(ciFile: string, files = usualFiles): Fixture {
  const base = temporaryDirectory();
  const dir = join(base, 'repo');
  const env = { PATH: process.env.PATH, HOME: join(base, 'home'), LANG: 'C.UTF-8' };
  mkdirSync(env.HOME);
  mkdirSync(join(dir, 'src'), { recursive: true });
  for (let index = 0; index < files; index++)
    writeFileSync(join(dir, `src/${index}.txt`), `${index}`.repeat(fileBytes).slice(0, fileBytes));
  writeFileSync(join(dir, '.gitlab-ci.yml'), ciFile);
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], { cwd: dir, env });
  };
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'Begin');
  return {
    dir,
    env,
    run: () => time(process.execPath, [program, 'run', '-C', dir], { env }),
    runPlain: (jobs, concurrency, way = 'worktree') => {
      const out = mkdtempSync(join(base, 'plain-'));
      const ms = time('sh', ['-c', plainJobs(way), 'sh', out, String(jobs), String(concurrency)], { cwd: dir, env });
      rmSync(out, { recursive: true });
      git('worktree', 'prune');
      return ms;
    },
  };
}

/**
 * The fastest plain ways that we know. `worktree` leaves each job a repository it can use git in, as ours does; they are added one at a time,
 * because git's own race makes some of several fail. (`git clone --shared` takes ten times the CPU.) `files` leaves bare files.
 */
const plainWays = {
  worktree: `flock "$1/lock" git worktree add --quiet --detach "$1/JOB" && cd "$1/JOB" && exec bash -c true`,
  files: `git checkout-index --all --prefix="$1/JOB/" && cd "$1/JOB" && exec bash -c true`,
} as const;

function plainJobs(way: keyof typeof plainWays): string {
  return `seq "$2" | xargs -P "$3" -I JOB sh -c '${plainWays[way]}' sh "$1"`;
}
