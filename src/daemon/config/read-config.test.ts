import { expect, it } from 'vitest';
import { readConfig } from './read-config.ts';

const read = (text: string, env: Record<string, string> = {}) =>
  readConfig(text, { file: 'config.toml', directory: '/work', configDir: '/etc/runner', env });

const said = (text: string, env?: Record<string, string>) =>
  read(text, env).problems.map(({ severity, message, line, column }) =>
    [severity, ...(line === undefined ? [] : [`${line}:${column}`]), message].join(' '),
  );

const ENTRY = '[[runners]]\nname = "one"\nurl = "https://ci.example.com/"\ntoken = "glrt-1"\nexecutor = "shell"\n';

it('reads what an entry says, and has what GitLab has where it says nothing', () => {
  const { config, problems } = read(ENTRY);
  expect(problems).toEqual([]);
  expect(config).toMatchObject({
    concurrent: 1,
    checkIntervalMs: 3_000,
    shutdownTimeoutMs: 900_000,
    listenAddress: null,
  });
  const [entry] = config?.entries ?? [];
  expect(entry?.url()).toBe('https://ci.example.com');
  expect(entry).toMatchObject({
    ...{ name: 'one', token: 'glrt-1', id: null, limit: 0, requestConcurrency: 1, quarantineAfter: 3 },
    ...{ unhealthyRequestsLimit: 3, unhealthyIntervalMs: 3_600_000, strictCheckInterval: false },
    settings: { outputLimitBytes: 4096 * 1024, cacheDir: null, cache: { s3: null }, extensionLimitMs: 600_000 },
  });
});

const WHOLE = `
concurrent = 4
check_interval = 5
shutdown_timeout = 60
detach_on_shutdown = true
connection_max_age = "1m"
listen_address = "127.0.0.1"
log_level = "warning"
log_format = "json"
[[runners]]
  name = "all"
  url = "http://localhost/ci"
  id = 7
  token = "t"
  token_obtained_at = 2026-01-01T00:00:00Z
  token_expires_at = 0001-01-01T00:00:00Z
  tls-ca-file = "ca.pem"
  executor = "shell"
  shell = "sh"
  builds_dir = "b"
  cache_dir = "/var/cache"
  limit = 2
  request_concurrency = 3
  strict_check_interval = true
  output_limit = 10
  environment = ["A=1", "B=x=y", "C="]
  clone_url = "https://git.example.com/"
  pre_clone_script = "echo old"
  pre_build_script = "echo before"
  get_sources_timeout = "1h30m"
  debug_trace_disabled = true
  unhealthy_requests_limit = 5
  unhealthy_interval = "2m"
  [runners.feature_flags]
    FF_SCRIPT_SECTIONS = true
  [runners.custom_build_dir]
    enabled = true
  [runners.artifact]
    upload_timeout = "2h"
  [runners.labels]
    zone = "north"
  [runners.cleanup]
    extension_limit = "20m"
    quarantine_after = 0
  [runners.cache]
    Type = "s3"
    Path = "p"
    Shared = true
    MaxUploadedArchiveSize = 100
    [runners.cache.s3]
      ServerAddress = "s3.example.com"
      AccessKey = "a"
      SecretKey = "s"
      BucketName = "b"
      BucketLocation = "eu-west-1"
      PathStyle = true
`;

it('reads every key that means something here', () => {
  const { config, problems } = read(WHOLE);
  expect(problems).toEqual([]);
  expect(config).toMatchObject({
    ...{ concurrent: 4, checkIntervalMs: 5_000, shutdownTimeoutMs: 60_000, detachOnShutdown: true },
    connectionMaxAgeMs: 60_000,
    ...{ listenAddress: '127.0.0.1', logLevel: 'warn', logFormat: 'json' },
  });
  const [entry] = config?.entries ?? [];
  expect(entry?.url()).toBe('http://localhost');
  expect(entry).toMatchObject({
    ...{ id: 7, tokenObtainedAt: Date.UTC(2026, 0, 1), tokenExpiresAt: null, limit: 2, requestConcurrency: 3 },
    ...{ strictCheckInterval: true, unhealthyRequestsLimit: 5, unhealthyIntervalMs: 120_000 },
    ...{ labels: { zone: 'north' }, quarantineAfter: 0 },
  });
  expect(entry?.settings).toEqual({
    ...{ executor: 'shell', docker: null, shell: 'sh', buildsDir: '/work/b', cacheDir: '/var/cache' },
    cloneUrl: 'https://git.example.com',
    environment: [
      { key: 'A', value: '1' },
      { key: 'B', value: 'x=y' },
      { key: 'C', value: '' },
    ],
    ...{ preGetSourcesScript: 'echo old', postGetSourcesScript: null },
    ...{ preBuildScript: 'echo before', postBuildScript: null },
    ...{ getSourcesTimeoutMs: 5_400_000, outputLimitBytes: 10_240 },
    ...{ debugTraceDisabled: true, featureFlags: { FF_SCRIPT_SECTIONS: true }, customBuildDir: true },
    ...{ timestamps: false, extensionLimitMs: 1_200_000 },
    tls: { caFile: '/etc/runner/ca.pem', certFile: null, keyFile: null },
    artifacts: { uploadTimeoutMs: 7_200_000 },
    cache: {
      ...{ path: 'p', shared: true, maxUploadedArchiveBytes: 100 },
      s3: {
        ...{ serverAddress: 's3.example.com', bucket: 'b', region: 'eu-west-1', insecure: false, pathStyle: true },
        keys: { accessKey: 'a', secretKey: 's', sessionToken: null },
        ...{ serverSideEncryption: null, serverSideEncryptionKeyId: null },
      },
    },
  });
});

it.each([
  ['concurrent = 0', 'error concurrent must be a whole number from 1'],
  ['concurrent = "2"', 'error concurrent must be a whole number from 1'],
  ['log_level = "loud"', 'error log_level must be one of debug, info, warn, error, fatal, panic, warning'],
  ['listen_address = "a:b:c"', 'error listen_address must be written as HOST:PORT, as in "127.0.0.1:9252"'],
  ['runners = 1', 'error runners must be written as [[runners]]'],
  ['concurrent = 1\nconcurrent = 2', expect.stringMatching(/^error 2:\d+ .*/)],
  [`${ENTRY}limit = -1`, 'error runners[0].limit must be a whole number from 0'],
  [
    `${ENTRY}unhealthy_interval = "soon"`,
    'error runners[0].unhealthy_interval must be a duration, as in "90s" or "1h30m"',
  ],
  [`${ENTRY}environment = ["secret"]`, 'error runners[0].environment[0] must be written as "NAME=value"'],
  [`${ENTRY}shell = "pwsh"`, 'error runners[0].shell is "pwsh": scripts here are for bash or sh'],
  [`${ENTRY}[runners.feature_flags]\nFF_X = "yes"`, 'error runners[0].feature_flags.FF_X must be true or false'],
  [`${ENTRY}[runners.cache]\nType = "s3"`, 'error runners[0].cache.s3 is missing: Type is "s3"'],
  [
    `${ENTRY}[runners.labels]\nzone = "no rth"`,
    'error runners[0].labels.zone must be 1 to 256 letters, digits, _, . and -',
  ],
  [
    `${ENTRY}\n${ENTRY}`,
    'error runners[1] has the url and the token of runners[0]: leave one of them out, or register it anew',
  ],
  [
    ENTRY.replace('https://ci.example.com/', 'ci.example.com'),
    'error runners[0].url is "ci.example.com", which is no address, as in "https://ci.example.com"',
  ],
])('refuses %j', (text, problem) => {
  expect(said(text)).toEqual([problem]);
  expect(read(text).config).toBeNull();
});

it('names what has no effect, and does not mind it', () => {
  const text = `conccurrent = 2
[session_server]
listen_address = "x"
${ENTRY}limmit = 3
prepare_timeout = "90s"
job_status_final_update_retry_limit = 4
clean_git_config = true
[runners.artifact]
response_header_timeout = "1m"
[runners.docker]
image = "alpine"
[runners.cache]
Type = "gcs"`;
  expect(said(text)).toEqual([
    'warning runners[0].prepare_timeout has no effect: a place on this machine is there at once',
    "warning runners[0].clean_git_config has no effect: what a job has left in git's settings is never used",
    'warning runners[0].job_status_final_update_retry_limit has no effect: a result is told until it is heard, for 7 days',
    'warning runners[0].artifact.response_header_timeout has no effect: upload_timeout is for the answer, too',
    'warning runners[0].cache.Type is "gcs", which we cannot reach: caches stay on this machine',
    'warning runners[0].docker is for another executor, and has no effect',
    'warning runners[0].limmit is not a key that we know, and has no effect',
    'warning session_server.listen_address has no effect: terminals in jobs are not offered',
    'warning conccurrent is not a key that we know, and has no effect',
  ]);
  expect(read(text).problems.at(-1)).toMatchObject({ hint: 'did you mean "concurrent"?', path: 'conccurrent' });
  expect(read(text).config?.entries).toHaveLength(1);
});

it('says of a bucket that no role is taken on for it', () => {
  const text = `${ENTRY}[runners.cache]\nType = "s3"\n[runners.cache.s3]\nBucketName = "b"\nRoleARN = "arn"\nAccelerate = true`;
  expect(said(text)).toEqual([
    'warning runners[0].cache.s3.Accelerate has no effect: the address of the bucket is used',
    'warning runners[0].cache.s3.RoleARN has no effect: no role is taken on; give keys, or the machine a role that may use the bucket',
  ]);
});

it('says nothing of what GitLab’s runner writes into each file and means nothing by', () => {
  const text = `sentry_dsn = ""
check_interval = 0
shutdown_timeout = 0
[session_server]
  session_timeout = 1800
${ENTRY}  [runners.custom_build_dir]
  [runners.cache]
    MaxUploadedArchiveSize = 0
    [runners.cache.s3]
    [runners.cache.gcs]
    [runners.cache.azure]
`;
  expect(said(text)).toEqual([]);
});

it('leaves out an entry that cannot take jobs, with a word, and keeps the others', () => {
  const text = `${ENTRY}${ENTRY.replace('glrt-1', '')}${ENTRY.replace('shell', 'kubernetes').replace('glrt-1', 'glrt-3')}`;
  expect(said(text)).toEqual([
    'warning runners[1].token is empty: this entry takes no jobs. `epilogue runner register` writes one',
    'warning runners[2].executor is "kubernetes", which is to come: this entry takes no jobs. What runs jobs here is "shell" or "docker"',
  ]);
  const { config, outlines } = read(text);
  expect(config?.entries.map(({ token }) => token)).toEqual(['glrt-1']);
  expect(outlines.map(({ token, executor }) => [token, executor])).toEqual([
    ['glrt-1', 'shell'],
    ['', 'shell'],
    ['glrt-3', 'kubernetes'],
  ]);
});

it('expands variables in the address and the token, and nowhere else', () => {
  const text = `[[runners]]\nname = "$NAME"\nurl = "https://$HOST/\${PATH_}"\ntoken = "\${TOKEN}"\nexecutor = "shell"\nenvironment = ["A=$HOST"]`;
  const { config } = read(text, { HOST: 'h', PATH_: 'p', TOKEN: 't', NAME: 'n' });
  const [entry] = config?.entries ?? [];
  expect([entry?.name, entry?.url(), entry?.token]).toEqual(['$NAME', 'https://h/p', 't']);
  expect(entry?.settings.environment).toEqual([{ key: 'A', value: '$HOST' }]);
});

it('knows an entry with a number again when its token has changed, and one without by its token', () => {
  const key = (text: string) => read(text).config?.entries[0]?.key;
  const numbered = `${ENTRY}id = 7\n`;
  expect(key(numbered)).toBe(key(numbered.replace('glrt-1', 'glrt-2')));
  expect(key(numbered)).not.toBe(key(numbered.replace('7', '8')));
  expect(key(ENTRY)).not.toBe(key(ENTRY.replace('glrt-1', 'glrt-2')));
});
