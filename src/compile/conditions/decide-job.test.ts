import { describe, expect, it } from 'vitest';
import { createConditionCache } from './condition-cache.ts';
import { decideInclude } from './decide-include.ts';
import { decideJob, type JobConditions, type JobContext, type JobRule } from './decide-job.ts';
import { decideWorkflow } from './decide-workflow.ts';
import type { RefPolicy } from './match-only-except.ts';
import type { PipelineRef } from './match-refs.ts';

const PUSH: PipelineRef = { name: 'main', kind: 'branch', source: 'push', projectPath: 'group/app' };
const MERGE_REQUEST: PipelineRef = { ...PUSH, kind: 'merge_request', source: 'merge_request_event' };

function context(ref: PipelineRef = PUSH, hasWorkflowRules = false): JobContext {
  return {
    variables: (name) => ({ CI_COMMIT_BRANCH: 'main', YES: '1' })[name],
    files: {
      changed: () => ({ kind: 'paths', paths: ['src/a.ts'] }),
      existing: () => ({ kind: 'paths', paths: ['src/a.ts'] }),
    },
    cache: createConditionCache(),
    ref,
    hasWorkflowRules,
  };
}

function rule(fields: Partial<JobRule>): JobRule {
  return { if: null, changes: null, exists: null, when: null, startInMs: null, allowFailure: null, ...fields };
}

function job(fields: Partial<JobConditions<JobRule>>): JobConditions<JobRule> {
  return { rules: null, only: null, except: null, when: null, startInMs: null, allowFailure: null, ...fields };
}

function policy(fields: Partial<RefPolicy>): RefPolicy {
  return { refs: null, variables: null, changes: null, kubernetes: false, ...fields };
}

describe('decideJob with rules', () => {
  it('takes the first rule whose clauses all hold, and says which', () => {
    const rules = [
      rule({ if: '$NO' }),
      rule({ if: '$YES', changes: { paths: ['docs/*'], compareTo: null } }),
      rule({ if: '$CI_COMMIT_BRANCH == "main"', exists: { paths: ['src/*'], project: null, ref: null } }),
      rule({ when: 'always' }),
    ];
    expect(decideJob(job({ rules }), context())).toEqual({
      kind: 'added',
      when: 'on_success',
      startInMs: null,
      allowFailure: false,
      rule: rules[2],
      reason: 'rule 3: $CI_COMMIT_BRANCH == "main" and exists: [src/*]',
    });
  });

  it.each([
    [[], 'its rules are empty'],
    [[rule({ if: '$NO' })], 'no rule matched'],
    [[rule({ when: 'never' })], 'rule 1: always (when: never)'],
  ])('leaves the job out when nothing admits it', (rules, reason) => {
    expect(decideJob(job({ rules }), context())).toEqual({ kind: 'excluded', reason });
  });

  it.each([
    ['only a rule makes the job manual: it blocks', job({ rules: [rule({ when: 'manual' })] }), 'manual', false],
    ['the job itself is manual: it is optional', job({ rules: [rule({})], when: 'manual' }), 'manual', true],
    ['the rule wins', job({ rules: [rule({ allowFailure: true })], allowFailure: false }), 'on_success', true],
    [
      'the rule wipes out exit codes',
      job({ rules: [rule({ allowFailure: false })], allowFailure: { exitCodes: [3] } }),
      'on_success',
      false,
    ],
    [
      'a silent rule keeps exit codes',
      job({ rules: [rule({})], allowFailure: { exitCodes: [3] } }),
      'on_success',
      { exitCodes: [3] },
    ],
  ])('decides when and allow_failure: %s', (_title, conditions, when, allowFailure) => {
    expect(decideJob(conditions, context())).toMatchObject({ kind: 'added', when, allowFailure });
  });

  it('keeps start_in to delayed jobs', () => {
    const delayed = job({ rules: [rule({ when: 'delayed', startInMs: 60_000 })] });
    expect(decideJob(delayed, context())).toMatchObject({ when: 'delayed', startInMs: 60_000 });
    expect(decideJob(job({ startInMs: 5 }), context())).toMatchObject({ startInMs: null });
  });

  it('is broken, with the rule, when a clause cannot be judged', () => {
    const rules = [rule({ if: '$NO' }), rule({ if: '$A = 1' })];
    expect(decideJob(job({ rules }), context())).toMatchObject({ kind: 'broken', ruleIndex: 1 });
  });
});

describe('decideJob with only and except', () => {
  it('adds a job without conditions to branch and tag pipelines, not to merge request pipelines', () => {
    expect(decideJob(job({}), context())).toMatchObject({ kind: 'added', reason: 'it has no rules' });
    expect(decideJob(job({}), context(MERGE_REQUEST))).toEqual({
      kind: 'excluded',
      reason: 'not in only: [branches, tags] (the default)',
    });
  });

  it('drops that default when the file has workflow:rules', () => {
    expect(decideJob(job({}), context(MERGE_REQUEST, true)).kind).toBe('added');
  });

  it('makes a job that is manual by itself optional', () => {
    expect(decideJob(job({ when: 'manual' }), context())).toMatchObject({ when: 'manual', allowFailure: true });
  });

  const TAG: PipelineRef = { ...PUSH, name: 'v1.2', kind: 'tag' };
  it.each([
    ['branches', PUSH, true],
    ['tags', PUSH, false],
    ['tags', TAG, true],
    ['main', PUSH, true],
    ['main', MERGE_REQUEST, false],
    ['merge_requests', MERGE_REQUEST, true],
    ['pushes', PUSH, true],
    ['schedules', { ...PUSH, source: 'schedule' }, true],
    ['triggers', { ...PUSH, source: 'trigger' }, true],
    ['pipelines', { ...PUSH, source: 'pipeline' }, true],
    ['api', { ...PUSH, source: 'api' }, true],
    ['web', { ...PUSH, source: 'web' }, true],
    ['external', { ...PUSH, source: 'external' }, true],
    ['/^v\\d/', TAG, true],
    ['/^V\\d/i', TAG, true],
    ['/^v\\d/', PUSH, false],
    ['main@group/app', PUSH, true],
    ['main@other/app', PUSH, false],
    ['branches@group/app', PUSH, true],
  ] as const)('only: [%s] and except: [%s] are each other’s opposite', (pattern, ref, matches) => {
    const refs = policy({ refs: [pattern] });
    const withRules = context(ref, true);
    expect(decideJob(job({ only: refs }), withRules).kind).toBe(matches ? 'added' : 'excluded');
    expect(decideJob(job({ except: refs }), withRules).kind).toBe(matches ? 'excluded' : 'added');
  });

  it('wants every part of only, and any part of except', () => {
    const parts = policy({ refs: ['main'], variables: ['$NO', '$YES'], changes: ['src/*'] });
    expect(decideJob(job({ only: parts }), context())).toMatchObject({ kind: 'added', reason: 'only matched' });
    expect(decideJob(job({ only: { ...parts, variables: ['$NO'] } }), context())).toEqual({
      kind: 'excluded',
      reason: 'not in only: variables: [$NO]',
    });
    expect(decideJob(job({ except: policy({ refs: ['tags'], changes: ['src/*'] }) }), context())).toEqual({
      kind: 'excluded',
      reason: 'excluded by except: changes: [src/*]',
    });
  });

  it('keeps the default refs beside an only that names none', () => {
    const variables = policy({ variables: ['$YES'] });
    expect(decideJob(job({ only: variables }), context(MERGE_REQUEST)).kind).toBe('excluded');
  });

  it('says that there is no cluster', () => {
    expect(decideJob(job({ only: policy({ kubernetes: true }) }), context())).toMatchObject({
      kind: 'excluded',
      reason: 'not in only: kubernetes: active (there is no cluster)',
    });
    expect(decideJob(job({ except: policy({ kubernetes: true }) }), context()).kind).toBe('added');
  });
});

describe('decideWorkflow and decideInclude', () => {
  const clauses = (text: string) => ({ if: text, changes: null, exists: null });

  it('make the pipeline, and include the file, when there are no rules', () => {
    expect(decideWorkflow(null, context())).toEqual({ kind: 'run', rule: null, reason: 'no rules' });
    expect(decideInclude(null, context())).toEqual({ kind: 'included', reason: 'no rules' });
  });

  it('follow the first rule that matches', () => {
    const rules = [
      { ...clauses('$NO'), when: 'never' as const },
      { ...clauses('$YES'), when: null },
    ];
    expect(decideWorkflow(rules, context())).toEqual({ kind: 'run', rule: rules[1], reason: 'rule 2: $YES' });
    expect(decideInclude(rules, context())).toEqual({ kind: 'included', reason: 'rule 2: $YES' });
  });

  it('say no when a rule does, or none matches', () => {
    const never = [{ ...clauses('$YES'), when: 'never' as const }];
    expect(decideWorkflow(never, context())).toEqual({ kind: 'filtered', reason: 'rule 1: $YES (when: never)' });
    const none = [{ ...clauses('$NO'), when: null }];
    expect(decideInclude(none, context())).toEqual({ kind: 'left_out', reason: 'no rule matched' });
  });
});
