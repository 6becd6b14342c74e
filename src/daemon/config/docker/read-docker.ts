import { resolve } from 'node:path';
import { DEFAULT_DOCKER_SETTINGS as DEFAULTS, type DockerSettings, type PullPolicy } from '../../../executors/index.ts';
import type { TableReader } from '../table-reader.ts';
import { readBytes, readNanoCpus, readNumber, readSwapBytes, readUlimits } from './read-amounts.ts';
import { readServices } from './read-services.ts';
import { WITHOUT_EFFECT } from './without-effect.ts';

/** `[runners.docker]`. @param configDir what the path of certificates is relative to; absolute */
export function readDocker(table: TableReader, configDir: string): DockerSettings {
  const settings: DockerSettings = {
    ...readEngine(table, configDir),
    ...readImages(table),
    ...readLimits(table),
    ...readRights(table),
    ...readSurroundings(table),
    ...readServiceKeys(table),
  };
  for (const [key, why] of Object.entries(WITHOUT_EFFECT)) table.ignore(key, `has no effect: ${why}`);
  table.close();
  return settings;
}

type EngineKeys = 'host' | 'tlsCertPath' | 'tlsVerify' | 'files';

function readEngine(table: TableReader, configDir: string): Pick<DockerSettings, EngineKeys> {
  const host = table.word('host');
  if (host !== null && !/^(unix:\/\/\/|(tcp|https?):\/\/[^/])/.test(host)) {
    table.refuse('host', 'must be an address, as in "unix:///var/run/docker.sock" or "tcp://docker:2376"');
  }
  const certs = table.word('tls_cert_path');
  // GitLab's runner writes `tls_verify = false` into each file, also into one that leaves the engine to the environment.
  return {
    host,
    tlsCertPath: certs === null ? null : resolve(configDir, certs),
    tlsVerify: host === null ? table.flag('tls_verify') || null : table.flag('tls_verify'),
    files: table.choice('files', ['mount', 'send']),
  };
}

type Images =
  | 'image'
  | 'pullPolicy'
  | 'allowedPullPolicies'
  | 'allowedImages'
  | 'allowedServices'
  | 'allowedPrivilegedImages'
  | 'allowedPrivilegedServices'
  | 'helperImage';

function readImages(table: TableReader): Pick<DockerSettings, Images> {
  const image = table.word('image');
  const policies = readPolicies(table, 'pull_policy');
  const allowed = readPolicies(table, 'allowed_pull_policies');
  return {
    image,
    pullPolicy: policies.length === 0 ? DEFAULTS.pullPolicy : policies,
    allowedPullPolicies: allowed.length === 0 ? null : allowed,
    allowedImages: table.texts('allowed_images'),
    allowedServices: table.texts('allowed_services'),
    allowedPrivilegedImages: table.texts('allowed_privileged_images'),
    allowedPrivilegedServices: table.texts('allowed_privileged_services'),
    helperImage: DEFAULTS.helperImage,
  };
}

const POLICIES: readonly PullPolicy[] = ['always', 'if-not-present', 'never'];

/** One, or a list of them. */
function readPolicies(table: TableReader, key: string): readonly PullPolicy[] {
  const all = table.read(key, `must be ${POLICIES.join(', ')}, or a list of them`, (value) => {
    const given: unknown[] = value === '' ? [] : Array.isArray(value) ? value : [value];
    const known = given.flatMap((each) => POLICIES.filter((policy) => policy === each));
    return known.length === given.length ? known : undefined;
  });
  return all ?? [];
}

type Limits =
  | 'memoryBytes'
  | 'memorySwapBytes'
  | 'memoryReservationBytes'
  | 'oomKillDisable'
  | 'oomScoreAdjust'
  | 'nanoCpus'
  | 'cpuShares'
  | 'cpusetCpus'
  | 'cpusetMems'
  | 'pidsLimit'
  | 'ulimits'
  | 'shmSizeBytes';

function readLimits(table: TableReader): Pick<DockerSettings, Limits> {
  return {
    memoryBytes: readBytes(table, 'memory'),
    memorySwapBytes: readSwapBytes(table, 'memory_swap'),
    memoryReservationBytes: readBytes(table, 'memory_reservation'),
    oomKillDisable: table.flag('oom_kill_disable') ?? DEFAULTS.oomKillDisable,
    oomScoreAdjust: readNumber(table, 'oom_score_adjust', -1000),
    nanoCpus: readNanoCpus(table, 'cpus'),
    cpuShares: readNumber(table, 'cpu_shares'),
    cpusetCpus: table.word('cpuset_cpus'),
    cpusetMems: table.word('cpuset_mems'),
    pidsLimit: readNumber(table, 'pids_limit', -1),
    ulimits: readUlimits(table.table('ulimit')),
    shmSizeBytes: readBytes(table, 'shm_size'),
  };
}

type Rights =
  | 'user'
  | 'allowedUsers'
  | 'privileged'
  | 'servicesPrivileged'
  | 'capAdd'
  | 'capDrop'
  | 'securityOpt'
  | 'servicesSecurityOpt'
  | 'devices'
  | 'deviceCgroupRules'
  | 'gpus'
  | 'servicesGpus'
  | 'groupAdd'
  | 'usernsMode';

function readRights(table: TableReader): Pick<DockerSettings, Rights> {
  return {
    user: table.word('user'),
    allowedUsers: table.texts('allowed_users'),
    privileged: table.flag('privileged') ?? DEFAULTS.privileged,
    servicesPrivileged: table.flag('services_privileged'),
    capAdd: table.texts('cap_add'),
    capDrop: table.texts('cap_drop'),
    securityOpt: table.texts('security_opt'),
    servicesSecurityOpt: table.texts('services_security_opt'),
    devices: table.texts('devices'),
    deviceCgroupRules: table.texts('device_cgroup_rules'),
    gpus: table.word('gpus'),
    servicesGpus: table.word('service_gpus'),
    groupAdd: table.texts('group_add'),
    usernsMode: table.word('userns_mode'),
  };
}

type SurroundingKeys =
  | 'volumes'
  | 'tmpfs'
  | 'extraHosts'
  | 'dns'
  | 'dnsSearch'
  | 'networkMode'
  | 'runtime'
  | 'hostname'
  | 'sysctls'
  | 'isolation'
  | 'logOptions'
  | 'containerLabels';

function readSurroundings(table: TableReader): Pick<DockerSettings, SurroundingKeys> {
  return {
    volumes: readVolumes(table),
    tmpfs: table.textsByName('tmpfs'),
    extraHosts: readExtraHosts(table),
    dns: table.texts('dns'),
    dnsSearch: table.texts('dns_search').filter((domain) => domain !== ''),
    networkMode: table.word('network_mode'),
    runtime: table.word('runtime'),
    hostname: table.word('hostname'),
    sysctls: table.textsByName('sysctls'),
    isolation: table.word('isolation'),
    logOptions: table.textsByName('log_options'),
    containerLabels: readLabels(table),
  };
}

/** With `disable_cache` those that would be kept for the next job are left out, as with GitLab's runner. */
function readVolumes(table: TableReader): readonly string[] {
  const volumes = table.texts('volumes');
  volumes.forEach((volume, at) => {
    const [from = '', to] = volume.split(':');
    if (!(to ?? from).startsWith('/'))
      table.refuse(`volumes[${at}]`, 'must be "/dir", "/from:/to" or "name:/to", with a path in the container');
  });
  const isKept = table.flag('disable_cache') !== true;
  return isKept ? volumes : volumes.filter((volume) => volume.includes(':'));
}

function readExtraHosts(table: TableReader): readonly string[] {
  const hosts = table.texts('extra_hosts');
  hosts.forEach((host, at) => {
    if (!/^[^:\s]+:[^\s]+$/.test(host)) table.refuse(`extra_hosts[${at}]`, 'must be written as "name:address"');
  });
  return hosts;
}

/** By ours what is left behind is found. */
const OURS = 'io.epilogue.';

function readLabels(table: TableReader): Readonly<Record<string, string>> {
  const labels = table.textsByName('container_labels');
  for (const name of Object.keys(labels)) {
    if (name.startsWith(OURS)) table.refuse('container_labels', `must have no name that begins with ${OURS}`);
  }
  return labels;
}

type ServiceKeys =
  | 'services'
  | 'servicesLimit'
  | 'servicesTmpfs'
  | 'serviceMemoryBytes'
  | 'serviceNanoCpus'
  | 'waitForServicesMs';

function readServiceKeys(table: TableReader): Pick<DockerSettings, ServiceKeys> {
  const limit = table.count('services_limit', -1);
  const seconds = readNumber(table, 'wait_for_services_timeout', -Infinity);
  return {
    services: readServices(table),
    servicesLimit: limit === -1 ? null : limit,
    servicesTmpfs: table.textsByName('services_tmpfs'),
    serviceMemoryBytes: readBytes(table, 'service_memory'),
    serviceNanoCpus: readNanoCpus(table, 'service_cpus'),
    waitForServicesMs: seconds === null ? DEFAULTS.waitForServicesMs : seconds < 0 ? null : seconds * 1000,
  };
}
