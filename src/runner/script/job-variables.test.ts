import { describe, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import type { Variable } from '../../protocol/index.ts';
import { type JobVariables, jobVariables, type Surroundings } from './job-variables.ts';

const surroundings: Surroundings = {
  projectDir: '/builds/group/app',
  buildsDir: '/builds',
  disposable: false,
  runnerVersion: '1.2.3',
  runnerRevision: 'abc',
  architecture: 'linux/amd64',
  concurrentId: 2,
  concurrentProjectId: 1,
  shortToken: 'short',
  environment: [],
  flags: {},
};

function variable(key: string, value: string, flags: Partial<Variable> = {}): Variable {
  return { key, value, public: true, masked: false, file: false, raw: false, ...flags };
}

function resolve(variables: readonly Variable[], overrides?: Readonly<Record<string, string>>): JobVariables {
  return jobVariables(payload({ variables }), surroundings, overrides);
}

describe('job variables', () => {
  it('hold what the runner knows', () => {
    const { get } = jobVariables(payload({ runner_info: { timeout: 90 } }), surroundings);
    expect(get('CI_PROJECT_DIR')).toBe('/builds/group/app');
    expect(get('CI_JOB_STATUS')).toBe('running');
    expect(get('CI_JOB_TIMEOUT')).toBe('90');
    expect(get('CI_SERVER')).toBe('yes');
    expect(get('CI_SHARED_ENVIRONMENT')).toBe('true');
    expect(get('CI_DISPOSABLE_ENVIRONMENT')).toBeUndefined();
    expect(get('RUNNER_TEMP_PROJECT_DIR')).toBe('/builds/group/app.tmp');
  });

  it('let later ones win and keep the first one’s place', () => {
    const { exports } = resolve([variable('A', '1'), variable('B', '2'), variable('A', '3')]);
    expect(exports.filter(({ key }) => key === 'A' || key === 'B')).toEqual([
      { key: 'A', value: '3' },
      { key: 'B', value: '2' },
    ]);
  });

  it('let the payload change the runner’s defaults, but neither its facts nor the overrides', () => {
    const { get } = resolve(
      [variable('CI_SERVER', 'no'), variable('CI_RUNNER_VERSION', '9'), variable('CI_JOB_STATUS', 'failed')],
      { CI_JOB_STATUS: 'canceled', EPILOGUE_CANCELED_BY: '$USER' },
    );
    expect(get('CI_SERVER')).toBe('no');
    expect(get('CI_RUNNER_VERSION')).toBe('1.2.3');
    expect(get('CI_JOB_STATUS')).toBe('canceled');
    expect(get('EPILOGUE_CANCELED_BY')).toBe('$USER');
  });

  it('expand once against the whole set, also against later ones', () => {
    const { get, expand } = resolve([
      variable('A', '$B-${C}'),
      variable('B', '$C'),
      variable('C', 'x'),
      variable('RAW', '$C $$', { raw: true }),
      variable('FILE', 'content $C', { file: true }),
      variable('USES_FILE', '<$FILE>'),
    ]);
    expect(get('A')).toBe('$C-x');
    expect(get('RAW')).toBe('$C $$');
    expect(get('USES_FILE')).toBe('</builds/group/app.tmp/FILE>');
    expect(expand('$B $RAW $NOBODY$$')).toBe('x $C $$ $');
  });

  it('put file variables into files, unexpanded', () => {
    const { files, get } = resolve([variable('KEY', 'a$b\n', { file: true })]);
    expect(files).toEqual([{ path: '/builds/group/app.tmp/KEY', content: 'a$b\n' }]);
    expect(get('KEY')).toBe('/builds/group/app.tmp/KEY');
  });

  it('mask values as sent and as expanded, and the content of files', () => {
    const { maskedValues } = resolve([
      variable('A', 'old', { masked: true }),
      variable('A', 'pa$$ss', { masked: true }),
      variable('F', 'key\n', { masked: true, file: true }),
      variable('E', ' ', { masked: true }),
      variable('P', 'public'),
    ]);
    expect(maskedValues).toEqual(['old', 'pa$$ss', 'pa$ss', 'key']);
  });

  it('stay as they are, with a warning, where they would get far too long', () => {
    const many = Array.from({ length: 300 }, (_, at) => variable(`B${at}`, '$A'.repeat(100), { masked: true }));
    const { get, warnings, maskedValues } = resolve([
      variable('A', 'x'.repeat(1024)),
      variable('C', '$A'.repeat(200)),
      ...many,
    ]);
    expect([get('B0')?.length, get('B299'), get('C')]).toEqual([102_400, '$A'.repeat(100), '$A'.repeat(200)]);
    expect(warnings).toContain('variable C is left as it is: with what it refers to it would be too long');
    expect(maskedValues).toContain(get('B0'));
  });

  it('leave out what a shell cannot have, with a warning', () => {
    const { get, warnings } = resolve([
      variable('a-b', '1'),
      variable('UID', '1'),
      variable('EPILOGUE_JOB_COOKIE', '1'),
      variable('NUL', 'a\0b'),
    ]);
    expect([get('a-b'), get('UID'), get('EPILOGUE_JOB_COOKIE'), get('NUL')]).toEqual([
      undefined,
      undefined,
      undefined,
      'ab',
    ]);
    expect(warnings).toEqual([
      'variable "a-b" is left out: a shell has no variables of that name',
      'variable "UID" is left out: the shell sets it itself',
      'variable "EPILOGUE_JOB_COOKIE" is left out: the runner sets it itself',
      'variable NUL has NUL bytes; they are left out',
    ]);
  });
});

describe('what the owner of a runner says', () => {
  const owners: Surroundings = {
    ...surroundings,
    environment: [
      { key: 'MIRROR', value: 'http://$CI_SERVER.example' },
      { key: 'REGION', value: 'here' },
      { key: 'CI_PROJECT_DIR', value: '/elsewhere' },
    ],
    flags: { FF_SCRIPT_SECTIONS: true },
  };

  it('stands below what the payload says, and what the runner knows', () => {
    const { get } = jobVariables(payload({ variables: [variable('REGION', 'there')] }), owners);
    expect(get('MIRROR')).toBe('http://yes.example');
    expect(get('REGION')).toBe('there');
    expect(get('CI_PROJECT_DIR')).toBe('/builds/group/app');
    expect(get('FF_SCRIPT_SECTIONS')).toBe('true');
  });
});

it('masks the tokens that a payload brings, whatever variables say', () => {
  const { git_info } = payload();
  const dependency = { id: 1, name: 'a', token: 'of-an-earlier-job' };
  const { maskedValues } = jobVariables(
    payload({
      token: 'of-the-job',
      git_info: { ...git_info, repo_url: 'https://gitlab-ci-token:of-the-repository@gitlab.example/a.git' },
      dependencies: [dependency, { ...dependency, token: 'short' }],
      credentials: [{ type: 'registry', url: 'r.example.com', username: 'u', password: 'of-the-registry' }],
    }),
    surroundings,
  );
  expect(maskedValues).toEqual(['of-the-job', 'of-the-repository', 'of-an-earlier-job', 'of-the-registry']);
});
