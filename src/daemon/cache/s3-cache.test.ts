import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useS3Server } from '../../../test/support/s3/use-s3-server.ts';
import type { CacheStore } from '../../runner/index.ts';
import { objectKey, openS3Cache, type S3CacheOptions } from './s3-cache.ts';

const server = useS3Server();
const NEVER = new AbortController().signal;
let dir = '';

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-s3-cache-')));
  server.fault = null;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(changes: Partial<S3CacheOptions> = {}): CacheStore {
  const { bucket, endpoint = '' } = server.settings();
  return openS3Cache({
    path: 'ci',
    shared: false,
    maxUploadedArchiveBytes: null,
    s3: {
      serverAddress: new URL(endpoint).host,
      keys: { accessKey: 'key', secretKey: 'secret', sessionToken: null },
      bucket,
      region: null,
      insecure: true,
      pathStyle: null,
      serverSideEncryption: null,
      serverSideEncryptionKeyId: null,
    },
    shortToken: 'abcdefghi',
    projectId: 7,
    requestMs: 10_000,
    ...changes,
  });
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // Of a descriptor that was closed meanwhile.
    return null;
  }
}

function file(content: string): string {
  const path = join(dir, 'cache.zip');
  writeFileSync(path, content);
  return path;
}

describe('a store of caches', () => {
  it('has what was put there, for other machines too, and nothing else', async () => {
    const target = join(dir, 'other', 'cache.zip');
    await open().put(file('packed'), 'deps/main', NEVER);
    expect(await open().fetch('deps/main', target, NEVER)).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('packed');
    expect(await open().fetch('deps/next', target, NEVER)).toBe(false);
    expect(await open({ shortToken: 'other' }).fetch('deps/main', target, NEVER)).toBe(false);
    expect(await open({ projectId: 8 }).fetch('deps/main', target, NEVER)).toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('packed');
  });

  it('leaves no file open that it did not come to send', async () => {
    const path = file('packed');
    await expect(open().put(path, 'deps/main', AbortSignal.abort())).rejects.toThrow();
    const isOpen = () => readdirSync('/proc/self/fd').some((fd) => linkOf(`/proc/self/fd/${fd}`) === path);
    await expect.poll(isOpen).toBe(false);
  });

  it('keeps caches of projects and runners apart as the runner of GitLab does', () => {
    const where = { path: '/ci/', shared: false, shortToken: 'abcdefghi', projectId: 7 };
    expect(objectKey(where, 'k')).toBe('ci/runner/abcdefghi/project/7/k');
    expect(objectKey({ ...where, path: '', shared: true }, 'k')).toBe('project/7/k');
  });

  it('takes no archive that is larger than its owner wants', async () => {
    const store = open({ maxUploadedArchiveBytes: 3 });
    await store.put(file('abc'), 'small', NEVER);
    await expect(store.put(file('abcd'), 'large', NEVER)).rejects.toMatchObject({ code: 'archive_too_large' });
    expect(await store.fetch('large', join(dir, 'x'), NEVER)).toBe(false);
  });

  it('is tried again, and then is trouble that can be told, without the secret', async () => {
    let requests = 0;
    server.fault = (_, response) => {
      requests += 1;
      response.writeHead(503).end();
      return 'handled';
    };
    const failure = await open()
      .fetch('k', join(dir, 'cache.zip'), NEVER)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'cache_store_failed' });
    expect(String(failure)).not.toContain('secret');
    expect(requests).toBe(3);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is not waited for any more when nobody wants to', async () => {
    await expect(open().fetch('k', join(dir, 'x'), AbortSignal.abort())).rejects.toThrow(/abort/i);
    server.fault = () => 'handled';
    const asked = open({ requestMs: 200 }).fetch('k', join(dir, 'x'), NEVER);
    await expect(asked).rejects.toMatchObject({ code: 'cache_store_failed' });
  });
});
