import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openS3Cache } from './s3-cache.ts';

const ROLE = '/latest/meta-data/iam/security-credentials/';
const KEYS = {
  ...{ Code: 'Success', AccessKeyId: 'of-the-role', SecretAccessKey: 's', Token: 't' },
  Expiration: '2100-01-01T00:00:00Z',
};

it('asks the machine for keys where the settings have none, as with AuthenticationType = "iam"', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'epilogue-iam-'));
  let authorization: string | undefined;
  // The machine's own metadata, and a bucket.
  const server = createServer((request, response) => {
    const { url = '', method, headers } = request;
    request.resume();
    if (url.startsWith('/bucket/')) authorization = `${method} ${headers.authorization}`;
    if (url === ROLE) response.end('runner');
    else if (url === `${ROLE}runner`) response.end(JSON.stringify(KEYS));
    else response.end('session');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', `http://127.0.0.1:${port}`);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, join(dir, 'none'));
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  const archive = join(dir, 'cache.zip');
  writeFileSync(archive, 'packed');
  const store = openS3Cache({
    ...{ path: '', shared: true, maxUploadedArchiveBytes: null, shortToken: 'x', projectId: 7, requestMs: 10_000 },
    s3: {
      ...{ serverAddress: `127.0.0.1:${port}`, keys: null, bucket: 'bucket', region: null, insecure: true },
      ...{ pathStyle: null, serverSideEncryption: null, serverSideEncryptionKeyId: null },
    },
  });
  await store.put(archive, 'deps', new AbortController().signal);
  expect(authorization).toMatch(/^PUT AWS4-HMAC-SHA256 Credential=of-the-role\//);
});
