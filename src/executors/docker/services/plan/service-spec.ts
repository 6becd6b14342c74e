import { gpuRequest } from '../../gpu-request.ts';
import type { DockerSettings } from '../../settings.ts';
import type { JobNetwork } from '../network.ts';
import type { PlannedService } from './plan-services.ts';

export interface ServiceSpecOptions {
  readonly service: PlannedService;
  /** `sha256:…` of its image. */
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: JobNetwork;
  readonly settings: DockerSettings;
  /** As of the job's container; see `HostConfig.Binds`. */
  readonly binds: readonly string[];
  readonly isPrivileged: boolean;
  readonly user: string | null;
}

/** The body of `POST /containers/create` for a service. Limits are those of services: what `memory` and `cpus` say is of the job's container. */
export function serviceSpec(options: ServiceSpecOptions): object {
  const { service, imageId, labels, settings, user } = options;
  return {
    Image: imageId,
    Env: Object.entries(service.environment).map(([key, value]) => `${key}=${value}`),
    ...(service.entrypoint !== null && { Entrypoint: service.entrypoint }),
    ...(service.command !== null && { Cmd: service.command }),
    ...(user !== null && { User: user }),
    Labels: { ...settings.containerLabels, ...labels },
    HostConfig: hostConfig(options),
    ...networking(options),
  };
}

function networking({ network, service }: ServiceSpecOptions): object {
  if (network.reachedBy !== 'names') return {};
  return { NetworkingConfig: { EndpointsConfig: { [network.mode]: { Aliases: service.aliases } } } };
}

function hostConfig({ network, settings, binds, isPrivileged }: ServiceSpecOptions): object {
  const nullable = {
    Memory: settings.serviceMemoryBytes,
    NanoCpus: settings.serviceNanoCpus,
    PidsLimit: settings.pidsLimit,
    ShmSize: settings.shmSizeBytes,
    Runtime: settings.runtime,
    UsernsMode: settings.usernsMode,
    Isolation: settings.isolation,
  };
  return {
    NetworkMode: network.mode,
    RestartPolicy: { Name: 'no' },
    Privileged: isPrivileged,
    Binds: binds,
    Tmpfs: settings.servicesTmpfs,
    SecurityOpt: settings.servicesSecurityOpt,
    CapAdd: settings.capAdd,
    CapDrop: settings.capDrop,
    ExtraHosts: settings.extraHosts,
    Dns: settings.dns,
    DnsSearch: settings.dnsSearch,
    Ulimits: settings.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    DeviceRequests: settings.servicesGpus === null ? [] : [gpuRequest(settings.servicesGpus)],
    // A driver whose logs can be read again, and that does not fill the disk.
    LogConfig: { Type: 'json-file', Config: { 'max-size': '20m', ...settings.logOptions } },
    ...Object.fromEntries(Object.entries(nullable).filter(([, value]) => value !== null)),
  };
}
