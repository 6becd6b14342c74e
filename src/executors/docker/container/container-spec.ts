import { WAITING_SCRIPT } from '../../containers/waiting-script.ts';
import type { JobSpec } from '../../executor.ts';
import { gpuRequest } from '../gpu-request.ts';
import type { Labels } from '../labels.ts';
import type { JobNetwork } from '../services/network.ts';
import type { DockerSettings } from '../settings.ts';
import type { ContainerFiles } from './container-files.ts';

export interface ContainerPlan {
  readonly job: JobSpec;
  readonly settings: DockerSettings;
  readonly labels: Labels;
  readonly image: { readonly id: string };
  readonly network: JobNetwork;
  /** null: the image's. */
  readonly user: string | null;
  readonly isPrivileged: boolean;
  /** `name:ip` of services, where no network tells. */
  readonly hosts: readonly string[];
  /** Names of volumes and directories to mount, as `docker run -v`. */
  readonly binds: readonly string[];
  readonly files: Pick<ContainerFiles, 'mounts' | 'noteFile' | 'environmentFile'>;
}

/** The names under which a job's container is reached in its network. */
const ALIASES = ['build'];

/** The body of `POST /containers/create` for a job's own container. */
export function containerSpec(plan: ContainerPlan): object {
  const { job, settings, image, network, user, isPrivileged } = plan;
  const { labels } = plan;
  const { noteFile, environmentFile } = plan.files;
  return {
    Image: image.id,
    ...entrypointOf(job),
    Cmd: ['sh', '-c', WAITING_SCRIPT, 'epilogue-wait', noteFile, environmentFile],
    ...(user === null ? {} : { User: user }),
    ...(settings.hostname === null ? {} : { Hostname: settings.hostname }),
    WorkingDir: job.projectDir,
    Labels: { ...settings.containerLabels, ...labels },
    // They would run among the job's processes.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...hostConfig(settings),
      ...limits(settings),
      ...mounts(plan),
      NetworkMode: network.mode,
      Privileged: isPrivileged,
      ExtraHosts: [...settings.extraHosts, ...plan.hosts],
    },
    ...networking(network),
  };
}

/** `[""]` takes the image's away, as on GitLab; where the job says nothing it stays. */
function entrypointOf({ image }: JobSpec): object {
  const given = image?.entrypoint ?? null;
  if (given === null) return {};
  return { Entrypoint: given.filter((word) => word !== '') };
}

function networking({ mode, reachedBy }: JobNetwork): object {
  return reachedBy === 'names' ? { NetworkingConfig: { EndpointsConfig: { [mode]: { Aliases: ALIASES } } } } : {};
}

function mounts({ files, settings, binds }: ContainerPlan): object {
  return { Mounts: files.mounts, Binds: binds, Tmpfs: settings.tmpfs };
}

function hostConfig(settings: DockerSettings): object {
  return {
    CapAdd: settings.capAdd,
    CapDrop: settings.capDrop,
    SecurityOpt: settings.securityOpt,
    Dns: settings.dns,
    DnsSearch: settings.dnsSearch,
    GroupAdd: settings.groupAdd,
    Sysctls: settings.sysctls,
    Devices: settings.devices.map(deviceOf),
    DeviceCgroupRules: settings.deviceCgroupRules,
    DeviceRequests: settings.gpus === null ? [] : [gpuRequest(settings.gpus)],
    RestartPolicy: { Name: 'no' },
    // The job's log is in its steps; the engine's own copy is only for the first process.
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', ...settings.logOptions } },
    ...defined({
      Runtime: settings.runtime,
      Isolation: settings.isolation,
      UsernsMode: settings.usernsMode,
      ShmSize: settings.shmSizeBytes,
    }),
  };
}

function limits(settings: DockerSettings): object {
  return {
    OomKillDisable: settings.oomKillDisable,
    Ulimits: settings.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    ...defined({
      Memory: settings.memoryBytes,
      MemorySwap: settings.memorySwapBytes,
      MemoryReservation: settings.memoryReservationBytes,
      OomScoreAdj: settings.oomScoreAdjust,
      NanoCpus: settings.nanoCpus,
      CpuShares: settings.cpuShares,
      CpusetCpus: settings.cpusetCpus,
      CpusetMems: settings.cpusetMems,
      PidsLimit: settings.pidsLimit,
    }),
  };
}

function defined(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function deviceOf(text: string): object {
  const [onHost = '', inside = onHost, permissions = 'rwm'] = text.split(':');
  return { PathOnHost: onHost, PathInContainer: inside, CgroupPermissions: permissions };
}
