/**
 * What the owner of a runner says of its containers: `[runners.docker]` of its settings, in our own names. Plain JSON, frozen in a job's journal. Source of meaning and
 * defaults: GitLab's runner.
 */
export interface DockerSettings {
  /** `unix:///path` or `tcp://host:port`; null: `DOCKER_HOST`, else the usual socket. */
  readonly host: string | null;
  /** Directory of `ca.pem`, `cert.pem`, `key.pem`; null: `DOCKER_CERT_PATH`, else `~/.docker`. */
  readonly tlsCertPath: string | null;
  /** null: as `DOCKER_TLS_VERIFY` says. */
  readonly tlsVerify: boolean | null;
  /**
   * How a job's container comes by files: directories of this machine are mounted into it, or files are sent to volumes of its own, for an engine that does not see this machine's. null: they are sent to an
   * engine at an address (`tcp://`) that is not this machine's.
   */
  readonly files: 'mount' | 'send' | null;
  /** For jobs that name none; null: such a job fails. */
  readonly image: string | null;
  /** In this order, where the job does not say. */
  readonly pullPolicy: readonly PullPolicy[];
  /** What a job may say; null: what `pullPolicy` has. */
  readonly allowedPullPolicies: readonly PullPolicy[] | null;
  /** Globs (`ruby:*`, `my.registry/*` with `*` not over `/`, `**` over all); empty: any. The runner's own `image` is always allowed. */
  readonly allowedImages: readonly string[];
  readonly allowedServices: readonly string[];
  readonly allowedPrivilegedImages: readonly string[];
  readonly allowedPrivilegedServices: readonly string[];
  /** Users (`name`, `uid`, `uid:gid`) that a job may ask for; empty: any. */
  readonly allowedUsers: readonly string[];
  /** Of the build container; null: the image's. */
  readonly user: string | null;
  /** `/dir`: kept between jobs in a volume of ours; `/from:/to[:opts]`, `name:/to[:opts]`. */
  readonly volumes: readonly string[];
  /** `/path` → mount options. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly servicesTmpfs: Readonly<Record<string, string>>;
  /** Bytes; null: no limit. Of `memory_swap` -1 is: without limit. */
  readonly memoryBytes: number | null;
  readonly memorySwapBytes: number | null;
  readonly memoryReservationBytes: number | null;
  readonly oomKillDisable: boolean;
  readonly oomScoreAdjust: number | null;
  /** Billionths of a processor (`cpus = "1.5"`); null: no limit. */
  readonly nanoCpus: number | null;
  readonly cpuShares: number | null;
  readonly cpusetCpus: string | null;
  readonly cpusetMems: string | null;
  readonly pidsLimit: number | null;
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly privileged: boolean;
  /** null: as `privileged`. */
  readonly servicesPrivileged: boolean | null;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOpt: readonly string[];
  readonly servicesSecurityOpt: readonly string[];
  /** `host:ip`. */
  readonly extraHosts: readonly string[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly shmSizeBytes: number | null;
  /** `/dev/x`, `/dev/x:/dev/y[:rwm]`. */
  readonly devices: readonly string[];
  readonly deviceCgroupRules: readonly string[];
  /** As `docker run --gpus`: `all`, a count, `"device=0,1"`; null: none. */
  readonly gpus: string | null;
  readonly servicesGpus: string | null;
  /** null: a network of its own for each job. `bridge`, `host`, `none`, or a network's name. */
  readonly networkMode: string | null;
  readonly runtime: string | null;
  readonly hostname: string | null;
  readonly groupAdd: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly isolation: string | null;
  readonly usernsMode: string | null;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly containerLabels: Readonly<Record<string, string>>;
  /** Services of every job, before its own. */
  readonly services: readonly ConfiguredService[];
  readonly servicesLimit: number | null;
  readonly serviceMemoryBytes: number | null;
  readonly serviceNanoCpus: number | null;
  /** How long a service is waited for, ms; null: it is not. */
  readonly waitForServicesMs: number | null;
  /** Nothing is on record of it yet here; GitLab's helper image is not needed. null: none. */
  readonly helperImage: string | null;
}

export type PullPolicy = 'always' | 'if-not-present' | 'never';

export interface ConfiguredService {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly environment: readonly { readonly key: string; readonly value: string }[];
}

export const DEFAULT_DOCKER_SETTINGS: DockerSettings = Object.freeze<DockerSettings>({
  host: null,
  tlsCertPath: null,
  tlsVerify: null,
  files: null,
  image: null,
  pullPolicy: ['always'],
  allowedPullPolicies: null,
  allowedImages: [],
  allowedServices: [],
  allowedPrivilegedImages: [],
  allowedPrivilegedServices: [],
  allowedUsers: [],
  user: null,
  volumes: [],
  tmpfs: {},
  servicesTmpfs: {},
  memoryBytes: null,
  memorySwapBytes: null,
  memoryReservationBytes: null,
  oomKillDisable: false,
  oomScoreAdjust: null,
  nanoCpus: null,
  cpuShares: null,
  cpusetCpus: null,
  cpusetMems: null,
  pidsLimit: null,
  ulimits: [],
  privileged: false,
  servicesPrivileged: null,
  capAdd: [],
  capDrop: [],
  securityOpt: [],
  servicesSecurityOpt: [],
  extraHosts: [],
  dns: [],
  dnsSearch: [],
  shmSizeBytes: null,
  devices: [],
  deviceCgroupRules: [],
  gpus: null,
  servicesGpus: null,
  networkMode: null,
  runtime: null,
  hostname: null,
  groupAdd: [],
  sysctls: {},
  isolation: null,
  usernsMode: null,
  logOptions: {},
  containerLabels: {},
  services: [],
  servicesLimit: null,
  serviceMemoryBytes: null,
  serviceNanoCpus: null,
  waitForServicesMs: 30_000,
  helperImage: null,
});
