import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { itAsUser } from '../support/privilege.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

describe('a pipe without a writer holds nothing up', () => {
  it('as a file of a cache key', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml':
        'job:\n  script: touch kept\n  cache: { key: { files: [pipe, .gitlab-ci.yml] }, paths: [kept] }\n',
    });
    execFileSync('mkfifo', [`${checkout.dir}/pipe`]);
    expect((await checkout.run(['run'])).code).toBe(0);
  });

  it('as an included file, and as the CI file itself', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': 'include: pipe.yml\njob: { script: "true" }\n' });
    execFileSync('mkfifo', [`${checkout.dir}/pipe.yml`]);
    const ended = await checkout.run(['run']);
    expect([ended.code, ended.stderr + ended.stdout]).toEqual([2, expect.stringContaining('pipe.yml')]);
    expect((await checkout.run(['run', '--file', 'pipe.yml'])).code).toBe(2);
  });
});

describe('artifacts', () => {
  itAsUser('that may not be read are named, the rest is kept, and no other job is touched', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
closed:
  script: mkdir d && echo x > d/a.xml && echo x > b.xml && chmod 000 d && touch $OUTSIDE/closed
  after_script: touch $OUTSIDE/cleaned
  artifacts: { paths: [d, "**/*.xml"] }
  cache: { key: k, paths: [d, b.xml] }
other:
  script: until [ -e $OUTSIDE/cleaned ]; do sleep 0.01; done
  after_script: touch $OUTSIDE/other-cleaned
`,
    });
    const ended = await checkout.run(['run', '--json']);
    expect(ended.code).toBe(0);
    expect(finished(ended, 'other').status).toBe('success');
    const { status, artifacts } = finished(ended, 'closed');
    expect(status).toBe('success');
    expect(readFileSync(artifacts[0] ?? '', 'latin1')).toContain('b.xml');
    expect(shownLog(ended, 'closed').match(/WARNING: d is left out: permission denied/g)).toHaveLength(2);
    expect(checkout.list()).toEqual(['cleaned', 'closed', 'other-cleaned']);
    expect(readdirSync(`${checkout.cache}/epilogue/builds`)).toEqual([]);
    await checkout.untilQuiet();
  });

  it('of a name with escapes do not reach the terminal with them', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml':
        'job:\n  script: touch a\n  artifacts: { name: "x\\e]0;gone\\a$EVIL", paths: [a] }\n  variables: { EVIL: "\\e[2J" }\n',
    });
    const ended = await checkout.run(['run']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/artifacts of job: .*gone/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
    expect(ended.stdout + ended.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
