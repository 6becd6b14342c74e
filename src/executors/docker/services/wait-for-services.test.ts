import { expect, it } from 'vitest';
import { describeOnDocker, images } from '../../../../test/support/docker/docker.ts';
import { removeNetwork } from './network.ts';
import { stopServices } from './stop-services.ts';
import { TrialJob } from './testing/trial-engine.ts';
import { shell, type TrialServices, trialServices, WAIT } from './testing/trial-services.ts';

const WARNING = /\*\*\* WARNING:\S* Service (\S+) probably didn't start properly/;
const HTTPD = shell('httpd -f -p 8080 & wait');
const QUICK = { waitForServicesMs: 500 };

async function logOf(trial: TrialServices & { readonly changes?: readonly string[] }): Promise<string> {
  await using job = new TrialJob();
  const image = trial.changes === undefined ? images.busybox : await job.image(...trial.changes);
  const log: string[] = [];
  const services = await trialServices(
    job,
    { ...trial, services: (trial.services ?? []).map((service) => ({ name: image, ...service })) },
    log,
  );
  await services.stop(5);
  await removeNetwork(job.engine, job.name);
  return log.join('\n');
}

describeOnDocker('waiting for services', () => {
  it('warns when no port answers in time, with what the service printed', async () => {
    const log = await logOf({
      changes: ['EXPOSE 81', 'EXPOSE 80'],
      settings: QUICK,
      services: [{ command: shell(`seq 30; ${WAIT}`) }],
    });
    expect(log).toMatch(WARNING);
    expect(log).toMatch(/service "\S+" timeout: no answer on any of the ports 80, 81/);
    expect(log).toMatch(/Service container logs:\n11\n12\n(\d+\n){17}30\n/);
  });

  it('needs one port that answers', async () => {
    const log = await logOf({ changes: ['EXPOSE 80', 'EXPOSE 8080'], services: [{ command: HTTPD }] });
    expect(log).not.toMatch(WARNING);
  });

  it('asks HEALTHCHECK_TCP_PORT alone', async () => {
    const service = { command: HTTPD, env: { HEALTHCHECK_TCP_PORT: '8081' } };
    const log = await logOf({ changes: ['EXPOSE 8080'], settings: QUICK, services: [service] });
    expect(log).toMatch(/timeout: no answer on port 8081/);
  });

  it('asks the HEALTHCHECK of the image, long before the engine does', async () => {
    const changes = ['EXPOSE 80', 'HEALTHCHECK CMD test -e /ready'];
    const command = shell(`usleep 300000; touch /ready; ${WAIT}`);
    expect(await logOf({ changes, services: [{ command }] })).not.toMatch(WARNING);
    const sick = ['HEALTHCHECK CMD echo no table yet; exit 1'];
    const log = await logOf({ changes: sick, settings: QUICK, services: [{ command: shell(WAIT) }] });
    expect(log).toMatch(/timeout: its HEALTHCHECK ends with 1: no table yet/);
  });

  it('does not wait for one that can be asked nothing, and waits for none where the runner says so', async () => {
    expect(await logOf({ services: [{ command: shell(WAIT) }] })).toMatch(
      /is not waited for: it exposes no port and has no HEALTHCHECK\./,
    );
    const settings = { waitForServicesMs: null };
    expect(await logOf({ settings, changes: ['EXPOSE 80'], services: [{ command: shell(WAIT) }] })).not.toMatch(
      /[Ww]ait/,
    );
  });

  it('ends with the job', async () => {
    await using job = new TrialJob();
    const image = await job.image('EXPOSE 80');
    const cancel = new AbortController();
    const log: string[] = [];
    log.push = (line) => {
      if (line.startsWith('Waiting')) cancel.abort();
      return 1;
    };
    const services = [{ name: image, command: shell(WAIT) }];
    await expect(trialServices(job, { signal: cancel.signal, services }, log)).rejects.toMatchObject({
      code: 'canceled',
    });
    await stopServices(job.engine, job.mark, 0);
    await removeNetwork(job.engine, job.name);
  });
});
