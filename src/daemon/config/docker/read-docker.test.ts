import { expect, it } from 'vitest';
import { DEFAULT_DOCKER_SETTINGS } from '../../../executors/index.ts';
import { readConfig } from '../read-config.ts';

const read = (docker: string, env: Record<string, string> = {}) => {
  const entry = '[[runners]]\nname = "one"\nurl = "https://ci.example.com"\ntoken = "glrt-1"\nexecutor = "docker"\n';
  const options = {
    file: 'config.toml',
    directory: '/work',
    configDir: '/etc/runner',
    env: { HOME: '/home/ci', ...env },
  };
  const { config, problems } = readConfig(`${entry}${docker}`, options);
  const [{ settings } = { settings: null }] = config?.entries ?? [];
  return { settings, said: problems.map(({ severity, message }) => `${severity} ${message}`) };
};

const ENGINE = { host: 'unix:///var/run/docker.sock', tlsCertPath: '/home/ci/.docker', tlsVerify: false };

it('has what GitLab has where nothing is said, and the engine by name', () => {
  const { settings, said } = read('[runners.docker]\nimage = "ruby:3"\n');
  expect(said).toEqual([]);
  expect(settings).toMatchObject({ executor: 'docker' });
  expect(settings?.docker).toEqual({ ...DEFAULT_DOCKER_SETTINGS, ...ENGINE, image: 'ruby:3' });
});

it('takes the engine that the environment names, but where the file does', () => {
  const env = { DOCKER_HOST: 'tcp://there:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
  const there = { host: 'tcp://there:2376', tlsCertPath: '/certs', tlsVerify: true };
  expect(read('[runners.docker]\nimage = "a"\ntls_verify = false\n', env).settings?.docker).toMatchObject(there);
  const given =
    '[runners.docker]\nimage = "a"\nhost = "unix:///run/podman.sock"\ntls_verify = false\ntls_cert_path = "c"\n';
  const named = { host: 'unix:///run/podman.sock', tlsCertPath: '/etc/runner/c', tlsVerify: false };
  expect(read(given, env).settings?.docker).toMatchObject(named);
});

it('takes how files come to the engine, in one of two words', () => {
  expect(read('[runners.docker]\nimage = "a"\nfiles = "send"\n').settings?.docker).toMatchObject({ files: 'send' });
  expect(read('[runners.docker]\nimage = "a"\nfiles = "copy"\n').said.join()).toContain('mount, send');
});

/** As GitLab's runner writes it into a file that it makes. */
const AS_REGISTERED = `
  [runners.docker]
    tls_verify = false
    image = "ruby:3"
    privileged = false
    disable_entrypoint_overwrite = false
    oom_kill_disable = false
    disable_cache = false
    volumes = ["/cache"]
    shm_size = 0
    network_mtu = 0
`;

it('says nothing of what asks for nothing', () => {
  const { settings, said } = read(AS_REGISTERED);
  expect(said).toEqual([]);
  expect(settings?.docker).toEqual({ ...DEFAULT_DOCKER_SETTINGS, ...ENGINE, image: 'ruby:3', volumes: ['/cache'] });
});

const WHOLE = `
[runners.docker]
image = "ruby:3"
pull_policy = ["always", "if-not-present"]
allowed_pull_policies = ["never"]
allowed_images = ["ruby:*"]
allowed_services = ["postgres:*"]
allowed_privileged_images = ["docker:*"]
allowed_privileged_services = ["docker:*-dind"]
allowed_users = ["1000"]
user = "ci"
volumes = ["/cache", "/a:/b:ro", "name:/c"]
memory = "512m"
memory_swap = "-1"
memory_reservation = "1.5GiB"
oom_kill_disable = true
oom_score_adjust = -500
cpus = "1.5"
cpu_shares = 512
cpuset_cpus = "0,1"
cpuset_mems = "0"
pids_limit = 100
privileged = true
services_privileged = false
cap_add = ["NET_ADMIN"]
cap_drop = ["ALL"]
security_opt = ["no-new-privileges"]
services_security_opt = ["seccomp=unconfined"]
extra_hosts = ["db:10.0.0.2", "six:fd00::1"]
dns = ["9.9.9.9"]
dns_search = ["example.com"]
shm_size = 300000
devices = ["/dev/kvm"]
device_cgroup_rules = ["c 81:* rmw"]
gpus = "all"
service_gpus = "1"
network_mode = "host"
runtime = "runsc"
hostname = "build"
group_add = ["docker"]
isolation = "default"
userns_mode = "host"
services_limit = 3
service_memory = "1g"
service_cpus = "0.5"
wait_for_services_timeout = -1
[runners.docker.tmpfs]
"/tmp" = "rw,noexec"
[runners.docker.services_tmpfs]
"/var/lib/postgresql" = "rw"
[runners.docker.ulimit]
nofile = "1024:2048"
core = "0"
[runners.docker.sysctls]
"net.core.somaxconn" = "1024"
[runners.docker.log_options]
env = "A"
[runners.docker.container_labels]
"org.example" = "ci"
[[runners.docker.services]]
name = "postgres:17"
alias = "db, database"
entrypoint = ["docker-entrypoint.sh"]
command = ["postgres", "-c", "fsync=off"]
environment = ["POSTGRES_PASSWORD=x=y"]
[[runners.docker.services]]
name = "redis"
`;

it('reads every key', () => {
  const { settings, said } = read(WHOLE);
  expect(said).toEqual([]);
  expect(settings?.docker).toEqual({
    ...ENGINE,
    files: null,
    image: 'ruby:3',
    ...{ pullPolicy: ['always', 'if-not-present'], allowedPullPolicies: ['never'] },
    ...{ allowedImages: ['ruby:*'], allowedServices: ['postgres:*'] },
    ...{ allowedPrivilegedImages: ['docker:*'], allowedPrivilegedServices: ['docker:*-dind'] },
    ...{ allowedUsers: ['1000'], user: 'ci' },
    volumes: ['/cache', '/a:/b:ro', 'name:/c'],
    ...{ tmpfs: { '/tmp': 'rw,noexec' }, servicesTmpfs: { '/var/lib/postgresql': 'rw' } },
    ...{ memoryBytes: 512 * 1024 ** 2, memorySwapBytes: -1, memoryReservationBytes: 1.5 * 1024 ** 3 },
    ...{ oomKillDisable: true, oomScoreAdjust: -500 },
    ...{ nanoCpus: 1_500_000_000, cpuShares: 512, cpusetCpus: '0,1', cpusetMems: '0', pidsLimit: 100 },
    ulimits: [
      { name: 'nofile', soft: 1024, hard: 2048 },
      { name: 'core', soft: 0, hard: 0 },
    ],
    ...{ privileged: true, servicesPrivileged: false, capAdd: ['NET_ADMIN'], capDrop: ['ALL'] },
    ...{ securityOpt: ['no-new-privileges'], servicesSecurityOpt: ['seccomp=unconfined'] },
    ...{ extraHosts: ['db:10.0.0.2', 'six:fd00::1'], dns: ['9.9.9.9'], dnsSearch: ['example.com'] },
    ...{ shmSizeBytes: 300_000, devices: ['/dev/kvm'], deviceCgroupRules: ['c 81:* rmw'] },
    ...{ gpus: 'all', servicesGpus: '1', networkMode: 'host', runtime: 'runsc', hostname: 'build' },
    ...{ groupAdd: ['docker'], sysctls: { 'net.core.somaxconn': '1024' }, isolation: 'default', usernsMode: 'host' },
    ...{ logOptions: { env: 'A' }, containerLabels: { 'org.example': 'ci' } },
    services: [
      {
        ...{ name: 'postgres:17', aliases: ['db', 'database'], entrypoint: ['docker-entrypoint.sh'] },
        command: ['postgres', '-c', 'fsync=off'],
        environment: [{ key: 'POSTGRES_PASSWORD', value: 'x=y' }],
      },
      { name: 'redis', aliases: [], entrypoint: null, command: null, environment: [] },
    ],
    ...{ servicesLimit: 3, serviceMemoryBytes: 1024 ** 3, serviceNanoCpus: 500_000_000, waitForServicesMs: null },
    helperImage: null,
  });
});

it.each([
  ['memory = "lots"', 'memory must be a size, as in "512m" or "2g"'],
  ['memory = -1', 'memory must be a size, as in "512m" or "2g"'],
  ['cpus = "many"', 'cpus must be a number of processors, as in "1.5"'],
  ['pull_policy = "sometimes"', 'pull_policy must be always, if-not-present, never, or a list of them'],
  ['volumes = ["here"]', 'volumes[0] must be "/dir", "/from:/to" or "name:/to", with a path in the container'],
  ['host = "docker"', 'host must be an address, as in "unix:///var/run/docker.sock" or "tcp://docker:2376"'],
  ['extra_hosts = ["db"]', 'extra_hosts[0] must be written as "name:address"'],
  ['[runners.docker.ulimit]\nnofile = "x"', 'ulimit.nofile must be written as "soft:hard", as in "1024:2048"'],
  [
    '[runners.docker.container_labels]\n"io.epilogue.home" = "/"',
    'container_labels must have no name that begins with io.epilogue.',
  ],
  [
    '[[runners.docker.services]]\nalias = "db"',
    'services[0].name is missing: the image of the service, as in "postgres:17"',
  ],
])('refuses %s', (lines, words) => {
  expect(read(`[runners.docker]\nimage = "a"\n${lines}\n`).said).toEqual([`error runners[0].docker.${words}`]);
});

it('says what has no effect, and why', () => {
  const { settings, said } = read(
    '[runners.docker]\ndisable_cache = true\nvolumes = ["/cache", "/a:/b"]\nhelper_image = "h"\nlinks = ["a:b"]\nmemori = "1g"\n',
  );
  expect(settings?.docker?.volumes).toEqual(['/a:/b']);
  expect(said).toEqual([
    'warning runners[0].docker.links has no effect: containers of one network find each other by name (network_mode)',
    'warning runners[0].docker.helper_image has no effect: sources, caches and artifacts need no image of their own here',
    'warning runners[0].docker.memori is not a key that we know, and has no effect',
    'warning runners[0].docker.image is missing: jobs that name no image fail',
  ]);
});

it('says that the image has the shell, and what an entry without a table cannot do', () => {
  expect(read('shell = "bash"\n[runners.docker]\nimage = "a"\n').said).toEqual([]);
  expect(read('shell = "sh"\n').said).toEqual([
    'warning runners[0].shell has no effect with containers: scripts are for the bash of their image, else for its sh',
    'warning runners[0].docker is missing: jobs that name no image fail',
  ]);
});

it('passes over the table of an entry with another executor', () => {
  const text =
    '[[runners]]\nname = "one"\nurl = "https://ci.example.com"\ntoken = "t"\nexecutor = "shell"\n[runners.docker]\nimage = "a"\n';
  const { config, problems } = readConfig(text, { file: 'f', directory: '/', configDir: '/', env: {} });
  expect(config?.entries[0]?.settings).toMatchObject({ executor: 'shell', docker: null });
  expect(problems.map(({ message }) => message)).toEqual([
    'runners[0].docker is for another executor, and has no effect',
  ]);
});
