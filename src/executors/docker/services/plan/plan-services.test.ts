import { expect, it } from 'vitest';
import type { PayloadService } from '../../../../protocol/index.ts';
import { DEFAULT_DOCKER_SETTINGS } from '../../settings.ts';
import { factsFrom, type Inspected } from '../service-facts.ts';
import { type PlannedService, planServices } from './plan-services.ts';
import { serviceSpec } from './service-spec.ts';

const PLAIN: PayloadService = {
  name: 'redis:7',
  alias: null,
  entrypoint: null,
  command: null,
  pull_policy: [],
  executor_opts: {},
  variables: [],
};
const OWN = { name: 'docker:dind', aliases: ['docker'], entrypoint: null, command: ['--mtu=1400'], environment: [] };

function plan(services: readonly Partial<PayloadService>[], settings: { servicesLimit?: number } = {}) {
  const warnings: string[] = [];
  const planned = planServices({
    services: services.map((service) => ({ ...PLAIN, ...service })),
    settings: { services: [OWN], servicesLimit: null, ...settings },
    variables: { TAG: '16', SECRET: 's3cret' },
    publicVariables: { TAG: '16' },
    warn: (text) => warnings.push(text),
  });
  return { planned, warnings };
}

function variable(key: string, value: string, more: { readonly file?: boolean; readonly raw?: boolean } = {}) {
  return { key, value, public: true, masked: false, file: false, raw: false, ...more };
}

it('starts the services of the runner before those of the job', () => {
  expect(plan([{}]).planned).toMatchObject([
    { index: 0, image: 'docker:dind', aliases: ['docker'], command: ['--mtu=1400'], environment: { TAG: '16' } },
    { index: 1, image: 'redis:7', title: 'redis:7', aliases: ['redis'], environment: { TAG: '16' } },
  ]);
});

it("expands variables in names, and in a service's own variables, which do not tell the job's secrets unasked", () => {
  const { planned } = plan([
    {
      name: 'postgres:$TAG',
      alias: 'db-$TAG',
      executor_opts: { docker: { platform: 'linux/$ARCH', user: 1000 } },
      variables: [
        variable('ARCH', 'arm64'),
        variable('URL', 'pg://$SECRET/$ARCH'),
        variable('RAW', '$SECRET', { raw: true }),
        variable('FILE', 'content', { file: true }),
      ],
    },
  ]);
  expect(planned[1]).toMatchObject({
    image: 'postgres:16',
    aliases: ['postgres', 'db-16'],
    platform: 'linux/arm64',
    user: '1000',
    environment: { TAG: '16', ARCH: 'arm64', URL: 'pg://s3cret/arm64', RAW: '$SECRET' },
  });
  expect(planned[1]?.environment).not.toHaveProperty('FILE');
});

it('does not start one that could be reached by no name', () => {
  const { planned, warnings } = plan([{}, {}, { alias: 'second' }]);
  expect(planned.map(({ index, aliases }) => [index, aliases])).toEqual([
    [0, ['docker']],
    [1, ['redis']],
    [3, ['second']],
  ]);
  expect(warnings).toContain('Service redis:7 is not started: there is no name left by which it could be reached');
});

it('refuses more services than the runner allows', () => {
  expect(() => plan([{}, { name: 'a' }], { servicesLimit: 1 })).toThrow(
    expect.objectContaining({ code: 'executor_unavailable', message: expect.stringContaining('services_limit') }),
  );
  expect(plan([{ name: 'a' }], { servicesLimit: -1 }).planned).toHaveLength(2);
});

const PLANNED = plan([{ alias: 'db' }]).planned[1] as PlannedService;

function spec(settings: Partial<typeof DEFAULT_DOCKER_SETTINGS>, reachedBy: 'names' | 'hosts' = 'names'): object {
  return serviceSpec({
    service: PLANNED,
    imageId: 'sha256:1',
    labels: { mine: 'yes' },
    network: { mode: reachedBy === 'names' ? 'n1' : 'bridge', reachedBy },
    settings: { ...DEFAULT_DOCKER_SETTINGS, ...settings },
    binds: ['/certs:/certs'],
    isPrivileged: true,
    user: null,
  });
}

it('makes a container with the limits of services, and with those of the job’s container where services have none', () => {
  const settings = {
    memoryBytes: 1,
    nanoCpus: 2,
    serviceMemoryBytes: 3,
    serviceNanoCpus: 4,
    pidsLimit: 5,
    tmpfs: { '/job': '' },
    servicesTmpfs: { '/data': 'rw' },
    securityOpt: ['job'],
    servicesSecurityOpt: ['service'],
    gpus: 'all',
    servicesGpus: 'device=0,1',
    ulimits: [{ name: 'nofile', soft: 1, hard: 2 }],
    containerLabels: { mine: 'no', team: 'x' },
  };
  expect(spec(settings)).toMatchObject({
    Image: 'sha256:1',
    Labels: { mine: 'yes', team: 'x' },
    HostConfig: {
      NetworkMode: 'n1',
      Privileged: true,
      Binds: ['/certs:/certs'],
      Memory: 3,
      NanoCpus: 4,
      PidsLimit: 5,
      Tmpfs: { '/data': 'rw' },
      SecurityOpt: ['service'],
      DeviceRequests: [{ DeviceIDs: ['0', '1'], Capabilities: [['gpu']] }],
      Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
    },
    NetworkingConfig: { EndpointsConfig: { n1: { Aliases: ['redis', 'db'] } } },
  });
});

it('has no names in a network that knows none', () => {
  expect(spec({}, 'hosts')).not.toHaveProperty('NetworkingConfig');
});

it('reads what the engine says of a service', () => {
  const inspected: Inspected = {
    Id: 'abc',
    State: {
      Running: true,
      StartedAt: '2026-11-30T10:00:00Z',
      ExitCode: 0,
      OOMKilled: false,
      Health: { Status: 'starting' },
    },
    Config: {
      ExposedPorts: { '443/tcp': {}, '80/tcp': {}, '53/udp': {} },
      Healthcheck: { Test: ['CMD-SHELL', 'true'] },
    },
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2', GlobalIPv6Address: '' } } },
  };
  expect(factsFrom(inspected)).toMatchObject({
    health: 'starting',
    healthCommand: ['/bin/sh', '-c', 'true'],
    exposedPorts: [80, 443],
    addresses: ['172.17.0.2'],
    startedAt: Date.UTC(2026, 10, 30, 10),
  });
  const host = factsFrom({
    ...inspected,
    HostConfig: { NetworkMode: 'host' },
    Config: { Healthcheck: { Test: ['NONE'] } },
  });
  expect(host).toMatchObject({ addresses: ['127.0.0.1'], health: null, healthCommand: null, exposedPorts: [] });
});
