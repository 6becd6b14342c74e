import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../base/index.ts';
import type { Host } from './host.ts';
import { runCommand } from './run-command-line.ts';
import { memoryOutput } from './testing/sample-run.ts';

const CI_FILE = `
stages: [build, deploy]
build:
  stage: build
  script: make
  parallel: 2
notes:
  stage: build
  script: make notes
  rules:
    - if: $CI_COMMIT_TAG
deploy:
  stage: deploy
  script: make deploy
  needs: [build]
  when: manual
`;

let root: string;
let checkout: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-cli-')));
  checkout = join(root, 'shop');
  mkdirSync(join(checkout, 'inside'), { recursive: true });
  writeFileSync(join(checkout, '.gitlab-ci.yml'), CI_FILE);
  writeFileSync(join(checkout, 'broken.yml'), 'build:\n  scirpt: make\n');
  writeFileSync(join(checkout, 'vars'), 'GOOD=1\nnonsense\n');
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: checkout });
});

afterAll(() => rmSync(root, { recursive: true }));

async function epilogue(words: readonly string[], more: Partial<Host> = {}) {
  const [stdout, stderr] = [memoryOutput(), memoryOutput()];
  const host: Host = {
    env: { PATH: process.env.PATH, XDG_STATE_HOME: root, XDG_CACHE_HOME: root, DOCKER_HOST: 'unix:///nowhere' },
    cwd: checkout,
    homeDir: root,
    isRoot: false,
    ask: async () => null,
    version: '1.2.3',
    cores: 2,
    program: ['epilogue'],
    clock: realClock,
    stdout,
    stderr,
    onStopSignal: () => () => {},
    onSignal: () => () => {},
    onResume: () => () => {},
    ...more,
  };
  const code = await runCommand(words, host);
  return { code, out: stdout.text().replaceAll(root, '~'), err: stderr.text().replaceAll(root, '~') };
}

it('names the variable that a new password is to be in', async () => {
  const { code, out, err } = await epilogue(['admin', 'user', 'password', '--username', 'root', '--data-dir', root]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('EPILOGUE_PASSWORD');
});

it('says what each command of admin is for', async () => {
  const { code, out } = await epilogue(['admin', '--help']);
  expect(code).toBe(0);
  for (const line of [/^ {2}token create +make /m, /^ {2}check +look /m, /^ {2}backup +put /m])
    expect(out).toMatch(line);
});

describe('the first word', () => {
  it.each([['--help'], ['-h'], ['help']])('%s shows the commands', async (word) => {
    const { code, out } = await epilogue([word]);
    expect(code).toBe(0);
    for (const name of ['run', 'list', 'lint', 'config', 'schema', 'recover']) expect(out).toContain(`  ${name} `);
  });

  it('is missed when it is not there', async () => {
    const { code, out, err } = await epilogue([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: epilogue COMMAND');
  });

  it.each([
    ['rnu', "epilogue: there is no 'rnu'. Did you mean `epilogue run`?\n"],
    ['frobnicate', "epilogue: there is no command 'frobnicate'. `epilogue --help` lists the commands.\n"],
    ['-C', 'epilogue: options follow a command, as in `epilogue run -C`.\n'],
    ['constructor', "epilogue: there is no command 'constructor'. `epilogue --help` lists the commands.\n"],
  ])('that is none (%s) is answered with a way on', async (word, words) => {
    expect(await epilogue([word])).toEqual({ code: 2, out: '', err: words });
  });
});

describe('every command', () => {
  it.each(['run', 'list', 'lint', 'config', 'schema', 'recover'])('%s explains itself', async (name) => {
    const asked = await epilogue([name, '--help']);
    expect(asked.code).toBe(0);
    expect(asked.out).toContain(`Usage: epilogue ${name}`);
    expect(await epilogue(['help', name])).toEqual(asked);
  });

  it.each(['run', 'list', 'lint', 'config', 'schema', 'recover'])('%s refuses an unknown option', async (name) => {
    const { code, out, err } = await epilogue([name, '--jsno']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain("unknown option '--jsno'");
    expect(err).toContain('(Did you mean --json?)');
  });

  it.each(['run', 'list', 'lint', 'config'])('%s says when there is no checkout', async (name) => {
    const { code, err } = await epilogue([name], { cwd: root });
    expect(code).toBe(2);
    expect(err).toMatch(/^epilogue: .*not a git repository: ~/);
  });
});

describe('run', () => {
  it.each([
    [['--var', 'A-B=1'], /argument 'A-B=1' is invalid. Write NAME=VALUE/],
    [['--concurrency', '0'], /^epilogue: --concurrency must be a whole number from 1 to 1000$/m],
    [['--event', 'psuh'], /^epilogue: --event must be one of push, /m],
    [['--executor', 'docker'], /^epilogue: the Docker Engine at unix:\/\/\/nowhere does not answer/m],
    [['--env-file', 'vars'], /^vars:2:1: expected NAME=value$/m],
    [['--env-file', 'none'], /^epilogue: cannot read the env file none: /m],
    [['--file', 'none.yml'], /^epilogue: there is no none.yml in ~\/shop$/m],
    [['--file', '.git'], /^epilogue: .git in ~\/shop is a directory$/m],
    [['--ref', 'v1..bad'], /^epilogue: no branch or tag can be called 'v1..bad'$/m],
    [['--ref', 'refs/heads/a b'], /^epilogue: no branch or tag can be called 'refs\/heads\/a b'$/m],
    [['--ref', ''], /^epilogue: no branch or tag can be called ''$/m],
    [['buidl'], /^epilogue: there is no job 'buidl'\n {4}hint: did you mean 'build'\?$/m],
    [['notes'], /^epilogue: job 'notes' is not in this pipeline: no rule matched$/m],
    [['--manual', 'nothing'], /^epilogue: there is no job 'nothing'/m],
    [['--file', 'broken.yml'], /^broken.yml:2:3: .*scirpt/m],
  ])('refuses %j and runs nothing', async (words, message) => {
    const { code, out, err } = await epilogue(['run', ...words]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it('writes problems as JSON when JSON was asked for', async () => {
    const { code, out, err } = await epilogue(['run', '--json', '--file', 'broken.yml']);
    expect([code, err]).toEqual([2, '']);
    expect(JSON.parse(out).problems[0]).toMatchObject({ file: 'broken.yml', line: 2, severity: 'error' });
  });
});

describe('serve', () => {
  it.each([
    [['--listen', 'x'], /'x' is invalid. Write HOST:PORT/],
    [['--external-url', 'ci'], /'ci' is invalid. Write an address without a path/],
    [['--trust-proxy', '10.0.0.0/33'], /'10.0.0.0\/33' is invalid. Write addresses or networks/],
    [['--trust-proxy', '127.0.0.1, me'], /Write addresses or networks/],
    [['--database-url', 'ci'], /'ci' is invalid. Write postgres:\/\/USER@HOST\/DATABASE/],
    [['--blobs', 'ci'], /'ci' is invalid. Write s3:\/\/BUCKET/],
  ])('refuses %j', async (words, message) => {
    const { code, out, err } = await epilogue(['serve', ...words]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it.each(['EPILOGUE_DATABASE_URL', 'EPILOGUE_BLOBS'])('refuses an %s that is none', async (name) => {
    const { code, err } = await epilogue(['serve'], { env: { [name]: 'ci' } });
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`^epilogue: ${name} is invalid. Write `));
  });
});

describe('runner run', () => {
  const rest = ['--token-file', 'vars', '--directory', 'runner'];
  it.each([
    [['--url', 'foo', ...rest], /'foo' is invalid. Write an address/],
    [['--url', 'ftp://ci', ...rest], /'ftp:\/\/ci' is invalid. Write an address/],
    [rest, /^epilogue: say where the coordinator is: --url or --url-file$/m],
    [['--url-file', 'vars', ...rest], /^epilogue: ~\/shop\/vars holds no address. Write an address/m],
    [['--url', 'http://ci', '--url-file', 'vars', ...rest], /cannot be used with option/],
    [['--url', 'http://ci', ...rest, '--token-file', 'none'], /^epilogue: cannot read ~\/shop\/none: ENOENT/m],
    [
      ['--url', 'http://ci', ...rest, '--directory', '/proc/none'],
      /^epilogue: the runner's directory cannot be made: ENOENT/m,
    ],
  ])('refuses %j', async (words, message) => {
    const { code, out, err } = await epilogue(['runner', 'run', ...words]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

describe('list', () => {
  it('shows the jobs by stage and why', async () => {
    expect(await epilogue(['list'])).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "build
        build 1/2  it has no rules
        build 2/2  it has no rules
      deploy
        deploy     manual, optional; needs build 1/2, build 2/2; it has no rules
      ",
      }
    `);
  });

  it('shows what is left out, and why, when asked', async () => {
    const { out } = await epilogue(['list', '--all']);
    expect(out).toContain('left out\n  notes      no rule matched\n');
  });

  it('writes the same as JSON', async () => {
    const { code, out } = await epilogue(['list', '--json', '--var', 'CI_COMMIT_TAG=v1']);
    expect(code).toBe(0);
    const { jobs } = JSON.parse(out);
    expect(jobs.map((job: { name: string }) => job.name)).toEqual(['build 1/2', 'build 2/2', 'notes', 'deploy']);
    expect(jobs.at(-1)).toMatchObject({ when: 'manual', needs: ['build 1/2', 'build 2/2'] });
  });
});

describe('lint', () => {
  it('says that a file is fine', async () => {
    expect(await epilogue(['lint'])).toEqual({ code: 0, out: '.gitlab-ci.yml: ok, 3 jobs\n', err: '' });
  });

  it('names every problem of a file, from where one stands', async () => {
    const { code, out } = await epilogue(['lint', '../broken.yml'], { cwd: join(checkout, 'inside') });
    expect(code).toBe(2);
    expect(out).toMatch(/^broken.yml:2:3: .*scirpt/m);
    const json = await epilogue(['lint', 'broken.yml', '--json']);
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problems: [{ line: 2 }] });
  });
});

it('config prints the merged file as YAML and as JSON', async () => {
  const yaml = await epilogue(['config']);
  expect(yaml.code).toBe(0);
  expect(yaml.out).toContain('deploy:\n  stage: deploy\n');
  expect(JSON.parse((await epilogue(['config', '--json'])).out).deploy).toMatchObject({ needs: ['build'] });
});

it('recover says when there is nothing to do', async () => {
  expect(await epilogue(['recover'])).toEqual({ code: 0, out: 'Nothing to recover: no run was killed.\n', err: '' });
});
