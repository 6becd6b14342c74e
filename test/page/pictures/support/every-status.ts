import { zipOf } from '../../../crash/driver/zip-of.ts';
import type { HeldJob } from '../../../serve/support/hand-runner.ts';
import type { Stage } from './stage.ts';
import type { StagedProject } from './staged-project.ts';

/** A job of each status, one of them allowed to fail, one a matrix; `late` waits for somebody, `stuck` for a runner. */
const CI = `
stages: [build, test, deploy]
compile: {stage: build, script: make, artifacts: {paths: [out]}}
lint: {stage: build, script: make lint, allow_failure: true}
unit: {stage: test, needs: [compile], script: make test, after_script: [make clean], tags: [fast], parallel: {matrix: [{DB: [sqlite, postgres]}]}}
integration: {stage: test, needs: [compile], script: make it, after_script: [terraform destroy], tags: [fast]}
e2e: {stage: test, needs: [compile], script: make e2e, after_script: [make down], tags: [fast]}
flaky: {stage: test, needs: [compile], script: make flaky, tags: [fast]}
stuck: {stage: test, needs: [compile], script: make gpu, tags: [gpu]}
first: {stage: deploy, needs: [compile], script: make first, tags: [fast], resource_group: production}
second: {stage: deploy, needs: [compile], script: make second, tags: [fast], resource_group: production}
publish: {stage: deploy, script: make publish}
report: {stage: deploy, needs: [flaky], script: make report}
rollback: {stage: deploy, needs: [compile], when: manual, script: make rollback}
nightly: {stage: deploy, needs: [compile], when: delayed, start_in: 3 hours, script: make nightly}
`;

const LONG_PATH = `out/reports/${'a-report-with-a-long-name-'.repeat(8)}.html`;
const LOG = `\x1b[0KRunning with epilogue 1.0.0
section_start:1767323045:get_sources\r\x1b[0K\x1b[36;1mGetting source from Git repository\x1b[0;m
Fetching changes with git depth set to 20...
Checking out 4f2a9c1 as detached HEAD (ref is main)...
section_end:1767323047:get_sources\r\x1b[0K
section_start:1767323047:step_script\r\x1b[0K\x1b[36;1mExecuting "step_script" stage of the job script\x1b[0;m
\x1b[32;1m$ make\x1b[0;m
cc -O2 -c cart.c
\x1b[33mcart.c:42:7: warning:\x1b[0m unused variable 'total' [-Wunused-variable]
\x1b[1;31merror\x1b[0m \x1b[38;5;208m256 colours\x1b[0m \x1b[38;2;120;200;80mtrue colour\x1b[0m \x1b[4munderlined\x1b[0m \x1b[7mreversed\x1b[0m
${unreadable()}
Fetching 12 %\rFetching 58 %\rFetching 100 %
See https://docs.example.com/cart for more. <b>&amp; no markup</b>
${'a line that is longer than any window is wide '.repeat(8)}
עברית מימין לשמאל
section_end:1767323076:step_script\r\x1b[0K
\x1b[32;1mJob succeeded\x1b[0;m
`;

/** Sections that are folded, on lines one below the other. */
const FOLDED = `\x1b[0KRunning with epilogue 1.0.0
${['Installing 812 packages', 'Compiling', 'Checking the types', 'Looking for dead code'].map(folded).join('')}\x1b[31mcart.c:42:7: unused variable 'total'\x1b[0m
\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m
`;

function folded(title: string, index: number): string {
  const [from, to] = [1767323045 + index * 40, 1767323071 + index * 40];
  const begin = `section_start:${from}:part_${index}[collapsed=true]\r\x1b[0K\x1b[36;1m${title}\x1b[0;m\n`;
  return `${begin}one\ntwo\nsection_end:${to}:part_${index}\r\x1b[0K`;
}

/** Inks that can be read in one theme alone, or in none, a line each: on no ground and on some, dim, inverse. */
function unreadable(): string {
  const inks = ['39', '30', '33', '37', '97', '38;5;226', '38;5;17', '38;2;128;128;128'];
  const grounds = ['49', '2', '7', '41', '42;7', '107', '48;5;226', '48;2;30;30;46'];
  return inks.map((ink) => grounds.map((ground) => `\x1b[${[ink, ground].join(';')}mread\x1b[0m`).join(' ')).join('\n');
}

/** @returns the pipeline's number */
export async function everyStatus(stage: Stage, project: StagedProject): Promise<number> {
  const hand = await stage.hand('ci-1');
  const fast = await stage.hand('ci-2 (docker)', ['fast']);
  const pipeline = await project.push({ ci: CI, message: 'Fix the race in the login form' });
  const first = await hand.takeAll();
  await stage.pass(31);
  await first('compile').trace(LOG);
  await sendArtifacts(stage, first('compile'));
  await first('compile').finish('success', 'succeeded');
  await first('lint').trace(FOLDED);
  await first('lint').finish('failed', 'failed');
  await stage.pass(2);
  const second = await fast.takeAll();
  await stage.pass(12);
  await second('unit: [sqlite]').finish('success', 'succeeded');
  await second('flaky').finish('failed', 'failed');
  await second('e2e').finish('failed', 'failed', 'failed');
  await stage.pass(24);
  for (const name of ['integration', 'unit: [postgres]']) await project.cancelJob(await project.jobId(pipeline, name));
  await second('unit: [postgres]').finish('failed', 'canceled');
  await second('integration').beginTeardown('canceled');
  await stage.pass(36);
  return pipeline;
}

async function sendArtifacts(stage: Stage, { id, payload }: HeldJob): Promise<void> {
  const form = new FormData();
  const content = await zipOf({ 'out/cart': 'x'.repeat(20_000), 'out/reports/unit.xml': '<ok/>', [LONG_PATH]: 'x' });
  form.append('file', new Blob([content]), 'artifacts.zip');
  const answer = await fetch(`${stage.base}/api/v4/jobs/${id}/artifacts?artifact_type=archive&artifact_format=zip`, {
    method: 'POST',
    body: form,
    headers: { 'job-token': payload.token },
  });
  if (answer.status !== 201) throw new Error(`no artifacts: ${await answer.text()}`);
}
