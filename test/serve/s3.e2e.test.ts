import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { useS3Server } from '../support/s3/use-s3-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ServedProject } from './support/served-project.ts';
import { Serving } from './support/serving.ts';

const CI = `
make:
  script: [echo made, 'echo "keys: $AWS_SECRET_ACCESS_KEY"', echo data > a.txt]
  artifacts: {paths: [a.txt]}
`;
const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'most-secret' };

const s3 = useS3Server();
let serving: Serving | null = null;

afterEach(async () => {
  await serving?.dispose();
  serving = null;
});

const blobs = (bucket = 'blobs') => `s3://${bucket}/ci?endpoint=${encodeURIComponent(s3.settings().endpoint ?? '')}`;

it('keeps artifacts and sealed logs on S3, with keys that show nowhere', async () => {
  serving = await Serving.startWith({ ...KEYS, EPILOGUE_BLOBS: blobs() }, 'SQLite');
  const project = new ServedProject(serving);
  const job = await project.untilJob(await project.start(CI), 'make', 'success');
  expect((await project.ask(`/jobs/${job.id}/artifacts/a.txt`)).text).toBe('data\n');
  const put = (what: RegExp): boolean => s3.seen.some(({ method, url }) => method === 'PUT' && what.test(url));
  expect(put(/^\/blobs\/ci\/artifacts\//)).toBe(true);
  await waitUntil('the log is sealed', () => put(/^\/blobs\/ci\/logs\/.*\/log\.index/));
  const log = await project.trace(job);
  expect(log).toContain('\nmade\n');
  expect(log).toContain('\nkeys: \n');
  expect(existsSync(join(serving.dataDir, 'blobs'))).toBe(false);
  expect(serving.log + serving.output).not.toContain('most-secret');
  const check = ['admin', 'check', '--data-dir', serving.dataDir];
  expect(await serving.runBeside(...check)).toEqual({ stdout: 'all is as it should be\n', stderr: '' });
});

it('takes keys from a file, and says at the start what is wrong with a bucket', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'epilogue-s3-keys-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const keys = join(dir, 'keys');
  writeFileSync(keys, '[default]\naws_access_key_id = key\naws_secret_access_key = most-secret\n');
  const running = await Serving.startWith({ AWS_SHARED_CREDENTIALS_FILE: keys }, 'SQLite', '--blobs', blobs());
  serving = running;
  await running.stop();
  const refused = async (url: string): Promise<string> =>
    (await running.runBeside('serve', '--data-dir', join(running.root, 'other'), '--blobs', url)).stderr;
  expect(await refused(blobs('nowhere'))).toMatch(/cannot keep artifacts and logs in the bucket nowhere at http:/);
  expect(await refused('s3://blobs?endpoint=http://127.0.0.1:9')).toMatch(/cannot keep .*ECONNREFUSED/);
  expect(await refused('s3://key:secret@blobs')).toMatch(/No keys in an address/);
});
