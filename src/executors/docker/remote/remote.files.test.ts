import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnDocker, dockerHost, images } from '../../../../test/support/docker/docker.ts';
import type { Place } from '../../executor.ts';
import { collectAll, deliverAll, fileOf, NEVER, openJob } from '../../testing/executor-contract.ts';
import { executor, play } from '../testing/docker-bench.ts';
import { type Cut, openCuttingProxy } from './testing/cutting-proxy.ts';

const LONG = 120_000;
const START = /^POST \S+\/exec\/\w+\/start /;
const SEND = /^PUT \S+\/archive/;
const LARGE = Array.from({ length: 200_000 }, (_, index) => `${index}\n`).join('');

let source = '';
beforeAll(() => {
  source = mkdtempSync(join(tmpdir(), 'epilogue-sources-'));
  mkdirSync(join(source, 'dir'));
  for (const name of ['a', 'dir/b', 'dir/c']) writeFileSync(join(source, name), name + LARGE);
});
afterAll(() => rmSync(source, { recursive: true, force: true }));

async function contents(place: Place): Promise<Record<string, boolean>> {
  const files = await collectAll(place, { paths: ['a', 'dir'] });
  const all = files.filter(({ kind }) => kind === 'file').map(({ path, content }) => [path, content === path + LARGE]);
  return Object.fromEntries(all);
}

const WHOLE = { a: true, 'dir/b': true, 'dir/c': true };

describeOnDocker('files of a place in an engine whose connections are cut', () => {
  it.each<[string, Cut]>([
    ['before it is sent', { request: SEND, at: 'before', times: 2 }],
    ['when all was sent', { request: SEND, at: 'answer', times: 1 }],
    ['after 100,000 bytes', { request: SEND, at: 'up', bytes: 100_000, times: 2 }],
    ['after 3,000,000 bytes', { request: SEND, at: 'up', bytes: 3_000_000, times: 1 }],
  ])(
    'has a whole tree, and nothing else, where it was cut %s',
    async (_, cut) => {
      await using proxy = await openCuttingProxy(dockerHost);
      await using fixture = await openJob(executor({ host: proxy.host, files: 'send' }));
      const { place } = fixture;
      proxy.cuts = [{ ...cut }];
      await place.deliverTree(source, NEVER);
      expect(proxy.cuts[0]?.times).toBe(0);
      expect(await contents(place)).toEqual(WHOLE);
      expect(await play(place, 'look', 'ls -A')).toBe('a\ndir\n');
    },
    LONG,
  );

  it.each([images.busybox, images.user, images.debian])(
    'are collected and delivered whole from and to an image of %s',
    async (image) => {
      await using proxy = await openCuttingProxy(dockerHost);
      await using fixture = await openJob(executor({ host: proxy.host, files: 'send', image }));
      const { place } = fixture;
      await place.deliverTree(source, NEVER);
      for (const bytes of [500, 100_000, 2_000_000]) {
        proxy.cuts = [{ request: START, at: 'down', bytes, times: 1 }];
        expect(await contents(place), `cut after ${bytes} bytes`).toEqual(WHOLE);
        await play(place, `empty-${bytes}`, 'rm -r a dir');
        proxy.cuts = [{ request: START, at: 'up', bytes: bytes + 5_000, times: 1 }];
        await deliverAll(
          place,
          ['dir/b', 'a', 'dir/c'].map((name) => fileOf(name, name + LARGE)),
        );
        expect(proxy.cuts[0]?.times).toBe(0);
        proxy.cuts = [];
        expect(await contents(place), `cut after ${bytes} bytes`).toEqual(WHOLE);
      }
    },
    LONG,
  );

  it(
    'are not written once more by what arrives late',
    async () => {
      await using proxy = await openCuttingProxy(dockerHost);
      await using fixture = await openJob(executor({ host: proxy.host, files: 'send' }));
      const { place } = fixture;
      const late = (): Cut => ({ request: START, at: 'late', times: 4 });
      proxy.cuts = [late()];
      await place.deliverTree(source, NEVER);
      proxy.cuts.push(late());
      await deliverAll(place, [fileOf('a', 'delivered'), fileOf('dir', '', { kind: 'directory', mode: 0o755 })]);
      expect(proxy.cuts.map(({ times }) => times)).toEqual([0, 0]);
      await play(place, 'change', 'echo changed >a');
      await proxy.release();
      expect(await play(place, 'look', 'cat a; ls -A . dir')).toBe('changed\n.:\na\ndir\n\ndir:\nb\nc\n');
    },
    LONG,
  );
});
