import { expect, it } from 'vitest';
import { describeServing } from '../support/describe-serving.ts';
import { ServedProject } from '../support/served-project.ts';

const SHOW = 'show: {script: [echo "one=$ONE two=$TWO three=$THREE."]}\n';

/** Our runner: what is in a log is what counts. */
describeServing([], (serving) => {
  async function withVariables(...variables: readonly Readonly<Record<string, unknown>>[]): Promise<ServedProject> {
    const project = new ServedProject(serving());
    const [namespace, path] = project.path.split('/');
    expect(namespace).toBe('root');
    const made = await serving().ask('POST', '/api/v4/projects', { body: { name: path } });
    expect(made.status).toBe(201);
    for (const body of variables) {
      expect((await project.ask('/variables', 'POST', { body })).status).toBe(201);
    }
    return project;
  }

  it('gives protected variables to protected branches and tags alone', async () => {
    const project = await withVariables(
      { key: 'ONE', value: 'open' },
      { key: 'TWO', value: 'guarded', protected: true },
    );
    // `main` is protected by its being the first one.
    const main = await project.untilJob(await project.start(SHOW), 'show', 'success');
    expect(await project.trace(main)).toContain('\none=open two=guarded three=.\n');
    const feature = await project.start(SHOW, { branch: 'feature', files: { change: 'feature' } });
    expect(await project.trace(await project.untilJob(feature, 'show', 'success'))).toContain(
      '\none=open two= three=.\n',
    );
    expect((await project.ask('/protected_branches', 'POST', { body: { name: 'feature' } })).status).toBe(201);
    const guarded = await project.start(SHOW, { branch: 'feature', files: { change: 'again' } });
    expect(await project.trace(await project.untilJob(guarded, 'show', 'success'))).toContain('two=guarded');
  });

  it('shows masked variables nowhere in a log, nor in its stream, where they come in pieces neither', async () => {
    const project = await withVariables({ key: 'ONE', value: 'very-secret-words', masked: true });
    const pipeline = await project.start(`
show:
  script:
    - echo "whole $ONE"
    - printf 'in pieces very-sec'; sleep 0.2; echo 'ret-words.'
    - echo "twice $ONE$ONE"
  after_script: [echo "late $ONE"]
`);
    const job = await project.untilJob(pipeline, 'show', 'success');
    const log = await project.trace(job);
    for (const line of ['whole [MASKED]', 'in pieces [MASKED].', 'twice [MASKED][MASKED]', 'late [MASKED]']) {
      expect(log).toContain(`\n${line}\n`);
    }
    const { text } = await project.ask(`/jobs/${job.id}/trace/events`);
    for (const seen of [log, text, serving().log]) expect(seen).not.toContain('secret-words');
  });

  it('gives files by their path, raw ones as they are, and those of an environment to its jobs', async () => {
    const project = await withVariables(
      { key: 'ONE', value: 'text of a file', variable_type: 'file' },
      { key: 'TWO', value: 'not $ONE', raw: true },
      { key: 'THREE', value: 'everywhere' },
      { key: 'THREE', value: 'live', environment_scope: 'production' },
    );
    const pipeline = await project.start(`
show: {script: ['echo "one=$(cat "$ONE") two=$TWO three=$THREE."']}
live: {script: ['echo "three=$THREE."'], environment: production}
`);
    const show = await project.untilJob(pipeline, 'show', 'success');
    expect(await project.trace(show)).toContain('\none=text of a file two=not $ONE three=everywhere.\n');
    const live = await project.untilJob(pipeline, 'live', 'success');
    expect(await project.trace(live)).toContain('\nthree=live.\n');
  });

  it('prefers the variables of a pipeline to those of the project, and these to the file and the instance', async () => {
    const instance = await serving().ask('POST', '/api/v4/admin/ci/variables', {
      body: { key: 'THREE', value: 'instance' },
    });
    expect(instance.status).toBe(201);
    const project = await withVariables({ key: 'ONE', value: 'project' }, { key: 'TWO', value: 'project' });
    const ci = `variables: {ONE: file, TWO: file}\n${SHOW}`;
    project.push(ci, { flags: ['-o', 'ci.skip'] });
    const made = await project.ask('/pipeline?ref=main', 'POST', {
      body: { variables: [{ key: 'ONE', value: 'pipeline' }] },
    });
    expect(made.status).toBe(201);
    const job = await project.untilJob(made.json, 'show', 'success');
    expect(await project.trace(job)).toContain('\none=pipeline two=project three=instance.\n');
  });

  it('hands what a dotenv report says on to the jobs that need it, before what the file says, and to no other', async () => {
    const project = await withVariables();
    const pipeline = await project.start(`
stages: [one, two]
variables: {ONE: file}
make:
  stage: one
  script: ['printf "ONE=dotenv\\nTWO=more\\n" > vars.env']
  artifacts: {reports: {dotenv: vars.env}}
show: {stage: two, needs: [make], script: ['echo "one=$ONE two=$TWO."']}
without: {stage: two, needs: [], script: ['echo "one=$ONE two=$TWO."']}
`);
    expect(await project.trace(await project.untilJob(pipeline, 'show', 'success'))).toContain(
      '\none=dotenv two=more.\n',
    );
    expect(await project.trace(await project.untilJob(pipeline, 'without', 'success'))).toContain('\none=file two=.\n');
  });
});
