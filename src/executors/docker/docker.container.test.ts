import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnDocker, docker, images } from '../../../test/support/docker/docker.ts';
import { NEVER, openJob, readAll, signalUntilDead, waitForEnd, waitForOutput } from '../testing/executor-contract.ts';
import { nameOf } from './labels.ts';
import { executor, inspect, play } from './testing/docker-bench.ts';

const LONG = 30_000;

describeOnDocker('a container of a job', () => {
  it.each(['kill', 'rm'] as const)(
    'that %s has ended is had again, for the cleanup',
    async (how) => {
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      await place.start({ id: 'script', script: 'echo kept >kept; echo inside >/tmp/inside; echo up; sleep 1000' });
      await waitForOutput(place, 'script', 'up');
      docker(...(how === 'kill' ? ['kill'] : ['rm', '--force']), nameOf(job.cookie));
      const remarks = ['the container of the job was removed'];
      expect(await waitForEnd(place, 'script')).toEqual({ kind: 'vanished', ...(how === 'rm' && { remarks }) });
      expect(await place.signal('none')).toEqual([]);
      const inside = how === 'kill' ? 'inside\n' : 'gone\n';
      expect(await play(place, 'after', 'cat kept; cat /tmp/inside 2>/dev/null || echo gone')).toBe(`kept\n${inside}`);
      expect((await readAll(place, 'script')).toString()).toBe('up\n');
    },
    LONG,
  );

  it(
    'shows a project directory that was made anew',
    async () => {
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      expect(await play(place, 'before', 'echo inside >/tmp/inside')).toBe('');
      renameSync(job.projectDir, `${job.projectDir}.aside`);
      mkdirSync(job.projectDir);
      writeFileSync(join(job.projectDir, 'new'), '');
      expect(await play(place, 'script', 'ls; cat /tmp/inside')).toBe('new\ninside\n');
    },
    LONG,
  );

  it(
    'keeps what its entrypoint has started and set, whatever is stopped',
    async () => {
      const entrypoint = ['sh', '-c', 'sleep 2000 & export MADE="by entrypoint"; exec "$@"', 'sh'];
      const image = { name: images.busybox, entrypoint, pull_policy: [], executor_opts: {} };
      await using fixture = await openJob(executor(), { image });
      const { place, job } = fixture;
      expect(await play(place, 'script', 'echo "$MADE"; sleep 3000 &')).toBe('by entrypoint\n');
      expect(await place.signal('none')).toMatchObject([{ name: 'sleep' }]);
      await signalUntilDead(place, 'KILL');
      expect(docker('top', nameOf(job.cookie), '-o', 'pid,args')).toMatch(/sleep 2000/);
      expect(await play(place, 'after', 'echo "$MADE"')).toBe('by entrypoint\n');
    },
    LONG,
  );

  it(
    'says what to do with an entrypoint that does not run what it is given',
    async () => {
      const image = { name: images.entrypoint, entrypoint: null, pull_policy: [], executor_opts: {} };
      const opening = openJob(executor(), { image });
      await expect(opening).rejects.toThrow(/ended at once, with exit code 0.*entrypoint: \[""\].*given: sh -c/s);
      await using fixture = await openJob(executor(), { image: { ...image, entrypoint: [''] } });
      expect(await play(fixture.place, 'script', 'echo works')).toBe('works\n');
    },
    LONG,
  );

  it(
    'is not had where the runner allows another, or has none',
    async () => {
      const image = { name: 'busybox:1', entrypoint: null, pull_policy: [], executor_opts: {} };
      const allowed = openJob(executor({ allowedImages: ['ruby:*'] }), { image });
      await expect(allowed).rejects.toMatchObject({ code: 'executor_unavailable', message: /allowed images.*ruby/s });
      await expect(openJob(executor({ image: null }))).rejects.toThrow('the job names no image');
      await expect(openJob(executor(), { image })).rejects.toThrow(/failed to pull image "busybox:1".*never/);
    },
    LONG,
  );

  it(
    'works in files of its user, which are the runner’s again in the end',
    async () => {
      const shop = executor({ image: images.user });
      await using fixture = await openJob(shop);
      const { place, job } = fixture;
      mkdirSync(join(job.projectDir, 'deep'));
      chmodSync(join(job.projectDir, 'deep'), 0o700);
      writeFileSync(join(job.projectDir, 'deep/file'), 'of the runner\n', { mode: 0o600 });
      const script =
        'umask 077; id -u; cat deep/file; echo more >>deep/file; mkdir mine; echo x >mine/x; mkfifo pipe; ln -s /etc/passwd link';
      expect(await play(place, 'script', script)).toBe('1000\nof the runner\n');
      const etc = statSync('/etc/passwd').uid;
      await place.clean(true);
      const owners = ['deep/file', 'mine', 'mine/x', 'pipe'].map((name) => statSync(join(job.projectDir, name)).uid);
      expect([...new Set(owners)]).toEqual([process.getuid?.()]);
      expect(statSync('/etc/passwd').uid, 'what a link leads to').toBe(etc);
      expect(readFileSync(join(job.projectDir, 'deep/file'), 'utf8')).toBe('of the runner\nmore\n');
    },
    LONG,
  );

  it(
    'has bash where its image has, and git that takes the project as safe',
    async () => {
      await using fixture = await openJob(executor({ image: images.debian, user: '1234:1234' }));
      const { place } = fixture;
      expect(place.shell).toBe('bash');
      const script = '[[ -n $BASH_VERSION ]] && echo bash; git init -q . && git status --short && echo clean';
      expect(await play(place, 'script', script)).toBe('bash\nclean\n');
    },
    LONG,
  );

  it(
    'keeps a volume from job to job, writable for its user, and nothing else',
    async () => {
      const shop = executor({ image: images.user, volumes: ['/kept'] });
      const root: { dir?: string } = {};
      {
        await using fixture = await openJob(shop);
        root.dir = fixture.job.projectDir;
        expect(await play(fixture.place, 'script', 'ls /kept; echo x >/kept/x; ls /kept')).toBe('x\n');
      }
      await using again = await openJob(shop, { projectDir: root.dir });
      expect(await play(again.place, 'script', 'ls /kept')).toBe('x\n');
      const [volume = ''] = inspect(
        again.job,
        '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}',
      ).split(' ');
      await again.place.clean();
      expect(docker('volume', 'inspect', '--format', '{{index .Labels "io.epilogue.type"}}', volume)).toBe('cache');
      docker('volume', 'rm', volume);
    },
    LONG,
  );

  it(
    'is found by the next runner, with what runs in it',
    async () => {
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      await place.start({ id: 'script', script: 'echo up; while :; do sleep 0.1; done' });
      await waitForOutput(place, 'script', 'up');
      const id = inspect(job, '{{.Id}}');
      const next = await executor().prepare(job, NEVER);
      expect(await next.look('script')).toEqual({ kind: 'running' });
      expect((await next.signal('none')).map(({ name }) => name)).toContain('sh');
      expect([inspect(job, '{{.Id}}'), existsSync(`${job.stepsDir}.container`)]).toEqual([id, true]);
      await next.clean();
      expect(readdirSync(join(job.stepsDir, '..'))).not.toContain('steps.container');
    },
    LONG,
  );
});
