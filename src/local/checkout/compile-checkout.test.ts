import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandVariables } from '../../protocol/index.ts';
import { type CheckoutRequest, compileCheckout } from './compile-checkout.ts';

let root: string;
let checkout: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-compile-')));
  checkout = join(root, 'shop');
  mkdirSync(checkout);
  git('init', '--quiet', '--initial-branch=main');
});

afterEach(() => rmSync(root, { recursive: true }));

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  execFileSync('git', [...identity, ...args], { cwd: checkout });
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  }
}

function commit(files: Readonly<Record<string, string>>): void {
  write(files);
  git('add', '--all');
  git('commit', '--quiet', '--message=More');
}

function compiled(request: Partial<CheckoutRequest> = {}) {
  return compileCheckout({
    checkout,
    directory: checkout,
    file: null,
    ignoresImages: false,
    event: 'push',
    ref: null,
    variables: {},
    secrets: new Set(),
    now: 0,
    ...request,
  });
}

async function jobNames(request: Partial<CheckoutRequest> = {}): Promise<string[]> {
  const { result } = await compiled(request);
  expect(result.problems).toEqual([]);
  return result.plan?.jobs.map((job) => job.name) ?? [];
}

describe('the CI file of a checkout', () => {
  it('is compiled before there is any commit', async () => {
    write({ '.gitlab-ci.yml': 'build: { script: make }' });
    expect(await jobNames()).toEqual(['build']);
  });

  it('is read as the working tree has it, its includes too', async () => {
    commit({ '.gitlab-ci.yml': 'include: ci/more.yml', 'ci/more.yml': 'old: { script: make }' });
    write({ 'ci/more.yml': 'new: { script: make }' });
    expect(await jobNames()).toEqual(['new']);
  });

  it('says once that images have no effect where jobs run on the machine itself', async () => {
    write({ '.gitlab-ci.yml': 'image: alpine\na: { script: make }\nb: { script: make, services: [redis] }' });
    expect((await compiled()).result.problems).toEqual([]);
    const { problems } = (await compiled({ ignoresImages: true })).result;
    expect(problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning no-containers']);
  });

  it('does not reach out of the checkout through a link', async () => {
    writeFileSync(join(root, 'secret.yml'), 'secret: { script: make }');
    symlinkSync(join(root, 'secret.yml'), join(checkout, 'linked.yml'));
    write({ '.gitlab-ci.yml': 'include: linked.yml' });
    const { result } = await compiled();
    expect(result.plan).toBeNull();
    expect(result.problems.map((problem) => problem.message).join('\n')).toContain('linked.yml');
  });

  it('is missed by name', async () => {
    await expect(compiled({ file: 'ci/none.yml' })).rejects.toThrow(`there is no ci/none.yml in ${checkout}`);
  });
});

describe('what a pipeline is about', () => {
  const BY_REF = `
branch: { script: make, rules: [{ if: $CI_COMMIT_BRANCH == "main" }] }
tag: { script: make, rules: [{ if: $CI_COMMIT_TAG }] }
request: { script: make, rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }] }
`;

  it.each([
    [{}, ['branch']],
    [{ ref: 'refs/tags/v1' }, ['tag']],
    [{ ref: 'v1' }, ['tag']],
    [{ ref: 'other' }, []],
    [{ ref: 'refs/heads/main' }, ['branch']],
    [{ event: 'merge_request_event' }, ['request']],
  ] as const)('follows event and ref (%j)', async (request, names) => {
    commit({ '.gitlab-ci.yml': BY_REF });
    git('tag', 'v1');
    expect(await jobNames(request)).toEqual(names);
  });

  it('is what changed, uncommitted changes included; everything for a tag', async () => {
    const rule = (path: string) => `{ script: make, rules: [{ changes: [${path}] }] }`;
    commit({ '.gitlab-ci.yml': `docs: ${rule('docs/*')}\nsrc: ${rule('src/*')}\n` });
    commit({ 'README.md': 'Shop' });
    write({ 'docs/new.md': 'new' });
    expect(await jobNames()).toEqual(['docs']);
    expect(await jobNames({ ref: 'refs/tags/v1' })).toEqual(['docs', 'src']);
  });

  it('is what changed since the ref that a rule names', async () => {
    commit({
      '.gitlab-ci.yml':
        'since: { script: make, rules: [{ changes: { paths: [old/*], compare_to: refs/tags/first } }] }\nalways: { script: make }',
    });
    git('tag', 'first');
    expect(await jobNames()).toEqual(['always']);
    commit({ 'old/one': '1' });
    commit({ 'new/two': '2' });
    expect(await jobNames()).toEqual(['since', 'always']);
  });
});

describe('a child pipeline', () => {
  it('has its own file, knows its source, and gets the variables of the trigger job', async () => {
    write({
      '.gitlab-ci.yml': 'start: { variables: { REGION: eu }, trigger: { include: ci/child.yml } }',
      'ci/child.yml': `
ours: { script: make, rules: [{ if: $CI_PIPELINE_SOURCE == "parent_pipeline" && $REGION == "eu" }] }
given: { script: make, rules: [{ if: $GIVEN }] }
`,
    });
    const parent = await compiled({ variables: { GIVEN: '1' } });
    const start = parent.result.plan?.jobs[0];
    if (start === undefined) throw new Error(JSON.stringify(parent.result.problems));
    const { result: child } = await parent.compileChild(start);
    expect(child.problems).toEqual([]);
    expect(child.plan?.jobs.map((job) => job.name)).toEqual(['ours']);
  });

  it('gets what the variables of the trigger job mean there, not their text', async () => {
    write({
      '.gitlab-ci.yml': `
start:
  variables: { FROM: $CI_PIPELINE_SOURCE, BOTH: "$REGION-$GIVEN", REGION: eu, LITERAL: { value: $REGION, expand: false }, OWN: $NOT_HERE, KEY: "k-$SECRET" }
  trigger: { include: child.yml }
`,
      'child.yml': 'job: { script: make }',
    });
    const secret = 'correct-horse';
    const parent = await compiled({ variables: { GIVEN: '1', SECRET: secret }, secrets: new Set([secret]) });
    const start = parent.result.plan?.jobs[0];
    if (start === undefined) throw new Error(JSON.stringify(parent.result.problems));
    const { given } = (await parent.compileChild(start)).facts;
    expect(Object.fromEntries(given.map(({ key, value }) => [key, value]))).toMatchObject({
      FROM: 'push',
      BOTH: 'eu-1',
      LITERAL: '$REGION',
      OWN: '$NOT_HERE',
      KEY: `k-${secret}`,
    });
    expect(given.filter(({ masked }) => masked).map(({ key }) => key)).toEqual(['KEY']);
  });

  it('gets what is not to be expanded as it is written', async () => {
    write({
      '.gitlab-ci.yml': `
start:
  variables: { REGION: eu, LITERAL: { value: $REGION, expand: false } }
  trigger: { include: child.yml }
`,
      'child.yml': 'job: { script: make }',
    });
    const parent = await compiled();
    const start = parent.result.plan?.jobs[0];
    if (start === undefined) throw new Error(JSON.stringify(parent.result.problems));
    const { given } = (await parent.compileChild(start)).facts;
    expect(expandVariables(given).values.get('LITERAL')).toBe('$REGION');
  });

  it('may have several files, and says where one is missing', async () => {
    write({
      '.gitlab-ci.yml': 'start: { trigger: { include: [{ local: a.yml }, { local: b.yml }] } }',
      'a.yml': 'a: { script: make }',
      'b.yml': 'b: { script: make }',
    });
    const parent = await compiled();
    const start = parent.result.plan?.jobs[0];
    if (start === undefined) throw new Error(JSON.stringify(parent.result.problems));
    expect((await parent.compileChild(start)).result.plan?.jobs.map((job) => job.name)).toEqual(['a', 'b']);
    rmSync(join(checkout, 'b.yml'));
    expect((await parent.compileChild(start)).result.problems[0]?.message).toContain('b.yml');
  });
});
