import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { itAsRoot } from '../../../test/support/privilege.ts';
import type { JobPayload, Variable } from '../../protocol/index.ts';
import { plainVariable } from '../../protocol/index.ts';
import { type BuildSettings, Builds } from './builds.ts';

let dir = '';
let warnings: string[] = [];
let settings: BuildSettings;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-builds-')));
  warnings = [];
  settings = { token: 'glrt-t1_abcdefghijklmn', buildsDir: join(dir, 'builds'), isPathFree: true };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(): Builds {
  return new Builds(join(dir, 'jobs'), (text) => warnings.push(text));
}

function home(id: number): string {
  const path = join(dir, 'jobs', String(id));
  mkdirSync(path, { recursive: true });
  return path;
}

function job(variables: Readonly<Record<string, string>> = {}, repository = 'grp/demo'): JobPayload {
  return payload({
    job_info: { project_name: 'demo', project_full_path: 'grp/demo' },
    git_info: { repo_url: `http://ci:word@127.0.0.1/${repository}.git` },
    variables: Object.entries(variables).map(([key, value]): Variable => plainVariable(key, value, { raw: false })),
  });
}

describe('the build directory of a job', () => {
  it('is named as by the runner of GitLab, and made', async () => {
    const build = await open().take(home(1), job(), settings);
    expect(build).toEqual({
      buildsDir: join(dir, 'builds'),
      projectDir: join(dir, 'builds/abcdefghi/0/grp/demo'),
      concurrentId: 0,
      slot: 0,
      shortToken: 'abcdefghi',
      refusal: null,
    });
    expect(lstatSync(build.projectDir).isDirectory()).toBe(true);
  });

  it('is that of no other job; a slot of its project that is free again is taken first', async () => {
    const builds = open();
    const slots = [];
    for (const id of [1, 2, 3]) slots.push((await builds.take(home(id), job(), settings)).slot);
    const other = await builds.take(home(4), job({}, 'grp/other'), settings);
    expect(slots).toEqual([0, 1, 2]);
    expect([other.slot, other.concurrentId]).toEqual([0, 3]);
    builds.release(home(2));
    expect(await builds.take(home(5), job(), settings)).toMatchObject({ slot: 1, concurrentId: 1 });
    expect(await Promise.all([6, 7].map((id) => builds.take(home(id), job(), settings)))).toMatchObject([
      { slot: 3 },
      { slot: 4 },
    ]);
  });

  it('is found again by the next process, as long as the job has not ended', async () => {
    const before = open();
    const [first, second] = [home(1), home(2)];
    await before.take(first, job(), settings);
    const kept = await before.take(second, job(), settings);
    before.release(first);
    // As a journal that cannot be read: whatever runs there may be the job's.
    writeFileSync(join(second, 'job.json'), 'damaged');
    const after = open();
    expect(await after.take(second, job(), settings)).toEqual(kept);
    expect(await after.take(home(3), job(), settings)).toMatchObject({ slot: 0 });
    expect(await after.take(home(4), job(), settings)).toMatchObject({ slot: 2 });
  });

  it('keeps what the job before left, but its secrets', async () => {
    const builds = open();
    const { projectDir } = await builds.take(home(1), job(), settings);
    writeFileSync(join(projectDir, 'object'), '');
    mkdirSync(`${projectDir}.tmp`);
    writeFileSync(join(`${projectDir}.tmp`, 'SECRET'), 'x');
    builds.release(home(1));
    await builds.take(home(2), job(), settings);
    expect(readdirSync(projectDir)).toEqual(['object']);
    expect(existsSync(`${projectDir}.tmp`)).toBe(false);
  });

  it('is not where a link leads that a script has put there', async () => {
    const elsewhere = join(dir, 'elsewhere');
    mkdirSync(join(elsewhere, 'demo'), { recursive: true });
    mkdirSync(join(dir, 'builds/abcdefghi/0'), { recursive: true });
    symlinkSync(elsewhere, join(dir, 'builds/abcdefghi/0/grp'));
    const { projectDir } = await open().take(home(1), job(), settings);
    expect(realpathSync(projectDir)).toBe(projectDir);
    expect(readdirSync(elsewhere)).toEqual(['demo']);
  });

  it('is another for a job that wants it empty', async () => {
    const build = await open().take(home(1), job({ GIT_STRATEGY: 'empty' }), settings);
    expect(build.projectDir).toBe(join(dir, 'builds/abcdefghi/0/grp/demo-empty'));
  });

  it('cannot be where another job builds, whatever its project is called', async () => {
    const builds = open();
    await builds.take(home(1), job(), settings);
    expect(await builds.take(home(2), job({}, 'grp/demo.tmp'), settings)).toMatchObject({ slot: 1 });
    expect(await builds.take(home(3), job({}, '../..'), settings)).toMatchObject({
      projectDir: join(dir, 'builds/abcdefghi/0/project-1'),
    });
  });
});

describe('a job that says where it wants to be built', () => {
  it('gets that directory below all builds', async () => {
    const path = '$CI_BUILDS_DIR/go/$CI_CONCURRENT_ID/src';
    const build = await open().take(home(1), job({ GIT_CLONE_PATH: path }), settings);
    expect(build).toMatchObject({ projectDir: join(dir, 'builds/go/0/src'), refusal: null });
  });

  it.each(['/tmp/elsewhere', '$CI_BUILDS_DIR/../x', '$CI_BUILDS_DIR'])('is refused %s', async (path) => {
    const build = await open().take(home(1), job({ GIT_CLONE_PATH: path }), settings);
    expect(build.refusal).toMatch(/^GIT_CLONE_PATH has to lie inside of CI_BUILDS_DIR/);
  });

  it('is refused where another job builds, and where nobody may say so', async () => {
    const builds = open();
    const wanted = job({ GIT_CLONE_PATH: '$CI_BUILDS_DIR/one' });
    await builds.take(home(1), wanted, settings);
    expect((await builds.take(home(2), wanted, settings)).refusal).toMatch(/another job builds in/);
    const strict = { ...settings, isPathFree: false };
    expect((await builds.take(home(3), wanted, strict)).refusal).toMatch(/\[runners\.custom_build_dir\]/);
  });
});

describe('a directory that cannot be used', () => {
  itAsRoot('is passed over for the next one, with one warning', async () => {
    const builds = open();
    const taken = [];
    const mounted = join(dir, 'builds/abcdefghi/0/grp/demo/cache');
    mkdirSync(mounted, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', mounted]);
    try {
      for (const id of [1, 2]) taken.push(await builds.take(home(id), job(), settings));
    } finally {
      execFileSync('umount', [mounted]);
    }
    expect(taken).toMatchObject([{ slot: 1 }, { slot: 2 }]);
    expect(warnings).toEqual([expect.stringMatching(/demo is set aside: something is mounted at .*cache$/)]);
  });

  it('refuses the job when there is no other', async () => {
    const build = await open().take(home(1), job(), { ...settings, buildsDir: '/proc/self/fdinfo' });
    expect(build.refusal).toMatch(/fdinfo can be used for grp/);
    expect(build.projectDir).toBe(join(home(1), 'project'));
  });
});
