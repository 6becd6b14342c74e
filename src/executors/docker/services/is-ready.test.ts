import { expect, it, vi } from 'vitest';
import { describeOnDocker } from '../../../../test/support/docker/docker.ts';
import { isReady, questionFor } from './is-ready.ts';
import { removeNetwork } from './network.ts';
import { type ServiceFacts, serviceFacts } from './service-facts.ts';
import { TrialJob } from './testing/trial-engine.ts';
import { shell, trialServices } from './testing/trial-services.ts';

const FACTS: ServiceFacts = {
  id: 'x',
  isRunning: true,
  startedAt: 0,
  code: 0,
  outOfMemory: false,
  health: null,
  healthCommand: null,
  exposedPorts: [],
  environment: [],
  addresses: ['172.17.0.2'],
};
const CHECK = { healthCommand: ['true'], exposedPorts: [80] };
const GIVEN = { environment: ['HEALTHCHECK_TCP_PORT=81', 'HEALTHCHECK_TCP_PORT=82'] };
const MANY = Array.from({ length: 30 }, (_, index) => index + 1);

it.each<[string, Partial<ServiceFacts>, ReturnType<typeof questionFor>]>([
  ['nothing', {}, null],
  ['its HEALTHCHECK before its ports', CHECK, { kind: 'health', command: ['true'] }],
  ['the port that it names before all', { ...CHECK, ...GIVEN }, { kind: 'ports', ports: [82] }],
  ['no port that is none', { environment: ['HEALTHCHECK_TCP_PORT=none'] }, null],
  ['its first 20 ports', { exposedPorts: MANY }, { kind: 'ports', ports: MANY.slice(0, 20) }],
  ['nothing where it has no address', { ...GIVEN, exposedPorts: [80], addresses: [] }, null],
])('a service is asked %s', (_, more, expected) => {
  expect(questionFor({ ...FACTS, ...more })).toEqual(expected);
});

describeOnDocker('a service that no address leads to', () => {
  it('is ready when it listens on more than its own loopback', async () => {
    await using job = new TrialJob();
    const { signal } = new AbortController();
    const script = 'httpd -p 127.0.0.1:8081; httpd -p 8080; sleep 600 & wait';
    const services = await trialServices(job, { services: [{ command: shell(script) }] });
    const facts = await serviceFacts(job.engine, services.ids[0] ?? '');
    if (facts === null) throw new Error('it is gone');
    // Of a link, and it does not say which.
    const far = { ...facts, addresses: ['fe80::1'] };
    const ask = (...ports: readonly number[]) => isReady(job.engine, far, { kind: 'ports', ports }, signal);
    await vi.waitFor(async () => expect(await ask(1, 8080)).toEqual({ isReady: true }), 15_000);
    expect(await ask(8081)).toEqual({ isReady: false, why: 'no answer on port 8081' });
    await services.stop(5);
    await removeNetwork(job.engine, job.name);
  });
});
