import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitRequest } from '../testing/commit-request.ts';
import { commit, git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { PASSWORD, type SourcesServer, startSourcesServer } from '../testing/sources-server.ts';
import { bringCommit } from './bring-commit.ts';
import type { CommitRequest } from './commit-request.ts';

const isMissing = spawnSync('git', ['lfs', 'version']).status !== 0;
const temporary = useTemporaryDirectory();
const ATTRIBUTES = '*.bin filter=lfs diff=lfs merge=lfs -text\n';

interface Scene {
  readonly server: SourcesServer;
  readonly asked: CommitRequest;
  readonly pointer: string;
  /** Paths of requests that git-lfs has made. */
  readonly requests: () => readonly string[];
  readonly read: (name: string) => string;
}

/** A project with one large file, whose submodule has another. */
async function scene(): Promise<Scene> {
  const server = await startSourcesServer(temporary.fresh('root'));
  const push = async (name: string, files: Readonly<Record<string, string>>, link = ''): Promise<string> => {
    const { gitDir } = await server.add(name);
    const work = makeRepository(temporary.fresh('work'));
    if (link !== '') {
      git(work, 'update-index', '--add', '--cacheinfo', `160000,${link},lib`);
      mkdirSync(join(work, 'lib'));
    }
    const sha = commit(work, 'Large', files);
    git(work, 'push', '--quiet', gitDir, 'main');
    return sha;
  };
  const inner = await push('lib', { '.gitattributes': ATTRIBUTES, 'b.bin': server.largeFiles.add('large, too') });
  const pointer = server.largeFiles.add('large');
  const modules = '[submodule "lib"]\n\tpath = lib\n\turl = ./../lib.git\n';
  const files = { '.gitattributes': ATTRIBUTES, 'a.bin': pointer, '.gitmodules': modules };
  const sha = await push('app', files, inner);
  const asked = commitRequest(temporary.fresh('job'), { url: server.urlOf('app'), sha });
  const requests = () => server.seen.map(({ path }) => path).filter((path) => path.includes('lfs'));
  return { server, asked, pointer, requests, read: (name) => readFileSync(join(asked.directory, name), 'utf8') };
}

describe.skipIf(isMissing && process.env.CI !== 'true')('a large file', () => {
  it('comes with the sources, with the credentials of the job, and into submodules', async () => {
    const { asked, read, requests } = await scene();
    const submodules = { isRecursive: false, depth: 0, paths: [], flags: [], overHttps: false };
    await bringCommit({ ...asked, submodules });
    expect([read('a.bin'), read('lib/b.bin')]).toEqual(['large', 'large, too']);
    expect(git(asked.directory, 'status', '--porcelain')).toBe('');
    expect(requests().filter((path) => path.endsWith('/batch'))).toHaveLength(2);
    for (const name of ['config', 'modules/lib/config']) expect(read(`.git/${name}`)).not.toContain(PASSWORD);
  });

  it('is not brought again where an earlier job has brought it, and is mended where a script has changed it', async () => {
    const { asked, read, requests } = await scene();
    await bringCommit(asked);
    const { length } = requests();
    writeFileSync(join(asked.directory, 'a.bin'), 'changed');
    await bringCommit(asked);
    expect([read('a.bin'), requests().slice(length)]).toEqual(['large', []]);
  });

  it('stays what stands for it where the job does not want it', async () => {
    const { asked, read, pointer, requests } = await scene();
    await bringCommit({ ...asked, largeFiles: false });
    expect([read('a.bin'), requests()]).toEqual([pointer, []]);
  });

  it('that the server does not have fails the fetch of sources, and says which', async () => {
    const { asked, server } = await scene();
    server.largeFiles.lose();
    const failed = bringCommit(asked);
    await expect(failed).rejects.toMatchObject({ code: 'git_failed' });
    await expect(failed).rejects.toThrow(/\[[0-9a-f]{64}\] Object does not exist on the server/);
  });
});

it('stays what stands for it where git-lfs is not installed, as with the runner of GitLab', async () => {
  const { asked, read, pointer, requests } = await scene();
  const bin = temporary.fresh('bin');
  mkdirSync(bin, { recursive: true });
  const path = (process.env.PATH ?? '').split(delimiter).find((directory) => existsSync(join(directory, 'git')));
  symlinkSync(join(path ?? '', 'git'), join(bin, 'git'));
  await bringCommit({ ...asked, environment: { ...asked.environment, PATH: bin } });
  expect([read('a.bin'), requests()]).toEqual([pointer, []]);
});
