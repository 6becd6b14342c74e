import type { Stage } from './stage.ts';
import type { StagedProject } from './staged-project.ts';

/** Jobs that owe a cleanup, and what becomes of each. */
const CI = `
default: {after_script: [terraform destroy -auto-approve], tags: [cloud]}
a-met: {script: terraform apply}
b-failed: {script: terraform apply}
c-lost: {script: terraform apply}
d-skipped: {script: terraform apply}
e-timed-out: {script: terraform apply}
`;
/** Of a stop, a cleanup and what follows, s. */
const ALL_DEADLINES = 4 * 3600;

/** A pipeline that was canceled, with every outcome that a cleanup can have. @returns its number */
export async function everyOutcome(stage: Stage, project: StagedProject): Promise<number> {
  const hand = await stage.hand('cloud-1', ['cloud']);
  const pipeline = await project.push({ ci: CI, message: 'Move the cluster to another region' });
  const job = await hand.takeAll();
  await stage.pass(75);
  await project.cancelPipeline(pipeline);
  for (const name of ['a-met', 'b-failed', 'd-skipped', 'e-timed-out']) await job(name).beginTeardown('canceled');
  await stage.pass(14);
  await job('a-met').finish('failed', 'canceled');
  await job('b-failed').finish('failed', 'canceled', 'failed');
  await job('e-timed-out').finish('failed', 'canceled', 'timed_out');
  await project.cancelJob(await project.jobId(pipeline, 'd-skipped'), '?force=true');
  await project.lose(await project.jobId(pipeline, 'c-lost'));
  await project.passDeadlines(ALL_DEADLINES);
  return pipeline;
}
