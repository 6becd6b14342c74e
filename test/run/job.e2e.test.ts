import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, type Ended, shownLog } from '../support/checkout.ts';
import { statuses } from '../support/statuses.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

async function run(
  file: string,
  more: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Ended> {
  checkout = new Checkout({ '.gitlab-ci.yml': file, ...more });
  return await checkout.run(['run', '--json', ...args]);
}

describe('what a job finds in its directory', () => {
  it('is the working tree as it is: changed, new and deleted files, without the ignored ones', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml':
        'look: { script: [ls -A | sort | xargs, cat tracked, git status --porcelain, git log --format=%s] }',
      '.gitignore': 'ignored\n',
      tracked: 'old',
      gone: '',
    });
    checkout.write({ tracked: 'changed', untracked: '', ignored: '' });
    checkout.git('rm', '--quiet', 'gone');
    const before = checkout.git('status', '--porcelain');
    const ended = await checkout.run(['run', '--json']);
    const log = shownLog(ended, 'look');
    expect(log).toContain('.git .gitignore .gitlab-ci.yml tracked untracked\n');
    expect(log).toContain('changed');
    expect(log).toContain(' M tracked\n');
    expect(log).toContain('First\n');
    expect(checkout.git('status', '--porcelain')).toBe(before);
  });

  it('is what GIT_STRATEGY and GIT_SUBMODULE_STRATEGY of the job say', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
default: { hooks: { pre_get_sources_script: [mkdir -p "$CI_PROJECT_DIR", touch "$CI_PROJECT_DIR/early"] } }
.see: { script: [ls -A | xargs > "$OUTSIDE/$CI_JOB_NAME", ls -A lib | xargs >> "$OUTSIDE/$CI_JOB_NAME" || true] }
nothing: { extends: .see, variables: { GIT_STRATEGY: none } }
emptied: { extends: .see, variables: { GIT_STRATEGY: empty } }
plain: { extends: .see, variables: { GIT_STRATEGY: clone } }
whole: { extends: .see, variables: { HOW: normal, GIT_SUBMODULE_STRATEGY: $HOW } }
`,
    });
    const library = new Checkout({ inside: '' });
    try {
      checkout.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'lib');
      checkout.git('commit', '--quiet', '--message=Add the library');
      expect(statuses(await checkout.run(['run', '--json']))).toEqual({
        nothing: 'success',
        emptied: 'success',
        plain: 'success',
        whole: 'success',
      });
    } finally {
      library.dispose();
    }
    expect(checkout.read('nothing')).toBe('early\n\n');
    expect(checkout.read('emptied')).toBe('\n\n');
    expect(checkout.read('plain')).toBe('.git .gitlab-ci.yml .gitmodules lib\n\n');
    expect(checkout.read('whole')).toBe('.git .gitlab-ci.yml .gitmodules lib\n.git inside\n');
  });

  it('is fresh for every job, so that what one writes no other finds', async () => {
    const ended = await run(
      '{ a: { script: [touch made, test ! -e other] }, b: { script: [touch other, test ! -e made] } }',
    );
    expect(statuses(ended)).toEqual({ a: 'success', b: 'success' });
  });
});

describe('variables', () => {
  it('come from the file, the matrix, the env file and the command line, in this order of weight', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
variables: { A: file, B: file, C: file, D: file }
job:
  parallel: { matrix: [{ B: [matrix1, matrix2] }] }
  script: ['echo "$A $B $C $D" >> $OUTSIDE/seen']
`,
    });
    writeFileSync(join(checkout.root, 'vars.env'), 'C=envfile\nD=envfile\n');
    const ended = await checkout.run([
      'run',
      '--json',
      '--env-file',
      join(checkout.root, 'vars.env'),
      '--var',
      'D=flag',
    ]);
    expect(statuses(ended)).toEqual({ 'job: [matrix1]': 'success', 'job: [matrix2]': 'success' });
    expect(checkout.read('seen').trim().split('\n').sort()).toEqual([
      'file matrix1 envfile flag',
      'file matrix2 envfile flag',
    ]);
  });

  it('tell the job where it is', async () => {
    const ended = await run(
      'job: { script: [\'echo "$CI $CI_JOB_NAME $CI_JOB_STAGE $CI_COMMIT_BRANCH $CI_PIPELINE_SOURCE"\', \'test "$PWD" = "$CI_PROJECT_DIR"\', \'test "$(git rev-parse HEAD)" = "$CI_COMMIT_SHA"\'] }',
    );
    expect(statuses(ended)).toEqual({ job: 'success' });
    expect(shownLog(ended, 'job')).toContain('true job test main push\n');
  });
});
