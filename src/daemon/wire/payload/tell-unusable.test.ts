import { afterEach, beforeEach, expect, it } from 'vitest';
import { type PlainServer, startPlainServer } from '../../../../test/daemon/plain-server/plain-server.ts';
import { connect } from '../coordinator.ts';

let server: PlainServer;
beforeEach(async () => {
  server = await startPlainServer();
});
afterEach(() => server.close());

const ask = async () => {
  const { url, token } = server;
  const coordinator = connect({ url: () => url, token: () => token, systemId: 's_a', version: '0', executor: 'shell' });
  return await coordinator.requestJob(null, AbortSignal.timeout(10_000));
};

it.each([
  [{ steps: 'make' }, 'steps is no list'],
  [{ variables: [{ key: 'A', value: 7 }] }, 'variables[0].value is no string'],
  [{ git_info: { repo_url: null } }, 'git_info.repo_url is missing'],
])('fails a job that nobody can make anything of, and says why in its log: %j', async (payload, why) => {
  const job = server.enqueue({ payload });
  expect(await ask()).toMatchObject({ kind: 'later', why: expect.stringContaining(`job ${job.id} `) });
  expect(job.status).toBe('failed');
  expect(job.result).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
  expect(job.log().toString()).toMatch(/^ERROR: Job failed: .*\n$/);
  expect(job.log().toString()).toContain(why);
});

it('leaves a job to the server that it cannot speak of', async () => {
  const job = server.enqueue({ payload: { token: null } });
  expect(await ask()).toMatchObject({ kind: 'later', unusable: null });
  expect(job.result).toBeNull();
});
