import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { describeOnDocker, docker, dockerHost } from '../support/docker/docker.ts';

/** Of the volumes of this process: others share the engine. */
const SW = `sw-${process.pid}`;

async function sweep(root: string, ...words: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: root, DOCKER_HOST: dockerHost };
  const { promise, resolve } = Promise.withResolvers<{ code: number; lines: readonly string[]; err: string }>();
  execFile(PROGRAM, ['runner', 'sweep', '-d', root, ...words], { env, cwd: root }, (error, out, err) => {
    const lines = out.trim().split('\n');
    resolve({
      code: error === null ? 0 : Number(error.code),
      lines: lines.filter((line) => line.includes(SW)),
      err,
    });
  });
  return await promise;
}

describeOnDocker('epilogue runner sweep', () => {
  it('shows and removes what jobs of this runner and of local runs have left, caches when told to', async () => {
    const root = mkdtempSync(join(tmpdir(), 'epilogue-sweep-'));
    const config = join(root, 'runner.toml');
    writeFileSync(
      config,
      `[[runners]]\nurl = "http://ci"\ntoken = "t"\nexecutor = "docker"\n[runners.docker]\nimage = "a"\n`,
    );
    const runs = join(root, '.local/state/epilogue/runs');
    for (const made of [join(root, 'jobs/2/steps'), runs]) mkdirSync(made, { recursive: true });
    const make = (name: string, home: string, type: string): void => {
      const labels = { managed: 'true', home, type, job: '7', project: 'root/shop' };
      const flags = Object.entries(labels).flatMap(([key, value]) => ['--label', `io.epilogue.${key}=${value}`]);
      docker('volume', 'create', ...flags, name);
    };
    make(`${SW}-over`, join(root, 'jobs/1/steps'), 'volume');
    make(`${SW}-alive`, join(root, 'jobs/2/steps'), 'volume');
    make(`${SW}-run`, join(runs, '1/jobs/1/steps'), 'volume');
    make(`${SW}-cache`, join(root, 'jobs/1/steps'), 'cache');
    const alive = `Kept volume ${SW}-alive of job 7 in root/shop: its job may be about to begin`;
    const cache = `Kept volume ${SW}-cache of job 7 in root/shop: it is for jobs to come (--caches removes it)`;
    const shown = await sweep(root, '-c', config, '--dry-run');
    expect(shown.lines.toSorted()).toEqual([
      alive,
      cache,
      `Would remove volume ${SW}-over of job 7 in root/shop`,
      `Would remove volume ${SW}-run of job 7 in root/shop`,
    ]);
    // Without settings it is the engine of DOCKER_HOST.
    const swept = await sweep(root);
    expect([swept.code, swept.lines.toSorted()]).toEqual([
      0,
      [
        alive,
        cache,
        `Removed volume ${SW}-over of job 7 in root/shop`,
        `Removed volume ${SW}-run of job 7 in root/shop`,
      ],
    ]);
    rmSync(join(root, 'jobs/2'), { recursive: true });
    const all = await sweep(root, '-c', config, '--caches');
    expect([all.code, all.lines.length]).toEqual([0, 2]);
    expect(await sweep(root)).toMatchObject({ code: 0, lines: [] });
    rmSync(root, { recursive: true });
  });
});
