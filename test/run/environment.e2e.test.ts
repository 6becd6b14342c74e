import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Checkout, finished } from '../support/checkout.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

it('a job of a run that a git hook starts commits to its own repository', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `commit:
  script:
    - echo changed > made
    - git add made
    - git commit --quiet -m "from a job"
    - git log -1 --format=%s > "$OUTSIDE/subject"
`,
  });
  const gitDir = join(checkout.dir, '.git');
  const before = checkout.git('rev-parse', 'HEAD');
  const hook = { GIT_DIR: gitDir, GIT_INDEX_FILE: join(gitDir, 'index'), GIT_PREFIX: '', GIT_WORK_TREE: checkout.dir };
  const ended = await checkout.run(['run', '--json'], hook);
  expect(finished(ended, 'commit').status).toBe('success');
  expect(checkout.read('subject')).toBe('from a job\n');
  expect(checkout.git('rev-parse', 'HEAD')).toBe(before);
  expect(checkout.git('status', '--porcelain')).toBe('');
});

it('a job runs no start-up file of the user’s shell, and with --clean-env sees none of their variables', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml':
      'see:\n  script: env | grep -E "^(CLOUD|HOME|OWN|RC)=" | sort > "$CI_PROJECT_DIR/seen"; cp seen "$PLACE"\n',
  });
  const rc = join(checkout.root, 'rc');
  writeFileSync(rc, 'export RC=read\n');
  const users = { BASH_ENV: rc, ENV: rc, CLOUD: 'prod' };
  const home = `HOME=${checkout.root}\n`;
  const place = checkout.path('seen');
  await checkout.run(['run', '--var', `PLACE=${place}`, '--var', 'OWN=1'], users);
  expect(checkout.read('seen')).toBe(`CLOUD=prod\n${home}OWN=1\n`);
  await checkout.run(['run', '--clean-env', '--var', `PLACE=${place}`, '--var', 'OWN=1'], users);
  expect(checkout.read('seen')).toBe(`${home}OWN=1\n`);
});
