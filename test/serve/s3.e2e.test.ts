import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { useS3Server } from '../../src/blobs/testing/s3-server.ts';
import { Served, ShopClient } from '../support/shop-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const CI = `
make:
  script: [echo made, 'echo "keys: $AWS_SECRET_ACCESS_KEY"', echo data > a.txt]
  artifacts: {paths: [a.txt]}
`;
const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'most-secret' };

const s3 = useS3Server();
let served: Served;

beforeEach(() => {
  served = new Served();
});
afterEach(() => served.dispose());

const blobs = (bucket = 'blobs') => `s3://${bucket}/ci?endpoint=${encodeURIComponent(s3.settings().endpoint ?? '')}`;

it('keeps artifacts and sealed logs on S3, with keys that show nowhere', async () => {
  const data = served.path('data');
  const base = await served.serve(data, [], { ...KEYS, EPILOGUE_BLOBS: blobs() });
  const token = served.token(data);
  served.push(base, token, CI);
  const client = new ShopClient(base, token);
  const { id } = await client.jobIn('make', 'success');
  expect(await client.text(`/jobs/${id}/artifacts/a.txt`)).toBe('data\n');
  const put = (what: RegExp): boolean => s3.seen.some(({ method, url }) => method === 'PUT' && what.test(url));
  expect(put(/^\/blobs\/ci\/artifacts\//)).toBe(true);
  await waitUntil('the log is sealed', () => put(/^\/blobs\/ci\/logs\/.*\/log\.index/));
  const log = await client.text(`/jobs/${id}/trace`);
  expect(log).toContain('\nmade\n');
  expect(log).toContain('\nkeys: \n');
  expect(existsSync(`${data}/blobs`)).toBe(false);
  expect(served.log + served.output).not.toContain('most-secret');
  const check = ['admin', 'check', '--data-dir', data, '--blobs', blobs()];
  expect(await served.ended(check, KEYS)).toEqual({ stdout: 'all is as it should be\n', stderr: '' });
});

it('takes keys from a file, and says at the start what is wrong with a bucket', async () => {
  const credentials = served.path('keys');
  writeFileSync(credentials, '[default]\naws_access_key_id = key\naws_secret_access_key = most-secret\n');
  const env = { AWS_SHARED_CREDENTIALS_FILE: credentials };
  await served.serve(served.path('data'), ['--no-runner', '--blobs', blobs()], env);
  await served.stop();
  const refused = async (url: string): Promise<string> =>
    (await served.ended(['serve', '--data-dir', served.path('other'), '--blobs', url], env)).stderr;
  expect(await refused(blobs('nowhere'))).toMatch(/cannot keep artifacts and logs in the bucket nowhere at http:/);
  expect(await refused('s3://blobs?endpoint=http://127.0.0.1:9')).toMatch(/cannot keep .*ECONNREFUSED/);
  expect(await refused('s3://key:secret@blobs')).toMatch(/No keys in an address/);
});
