import { expect, it } from 'vitest';
import { describeOnDocker, docker, images } from '../../../../test/support/docker/docker.ts';
import {
  NEVER,
  openJob,
  readAll,
  signalUntilDead,
  waitForEnd,
  waitForOutput,
} from '../../testing/executor-contract.ts';
import { nameOf } from '../labels.ts';
import type { DockerSettings } from '../settings.ts';
import { executor, play } from '../testing/docker-bench.ts';

const LONG = 60_000;
const elsewhere = (settings: Partial<DockerSettings> = {}) => executor({ files: 'send', ...settings });

describeOnDocker('a container of a job that files are sent to', () => {
  it.each(['kill', 'rm', 'restart'] as const)(
    'that %s has ended is had again, for the cleanup, with the files of the job',
    async (how) => {
      await using fixture = await openJob(elsewhere());
      const { place, job } = fixture;
      await place.start({ id: 'script', script: 'echo kept >kept; echo inside >/tmp/inside; echo up; sleep 1000' });
      await waitForOutput(place, 'script', 'up');
      const name = nameOf(job.cookie);
      docker(...{ kill: ['kill'], rm: ['rm', '--force'], restart: ['restart', '--time', '0'] }[how], name);
      const remarks = ['the container of the job was removed'];
      expect(await waitForEnd(place, 'script')).toEqual({ kind: 'vanished', ...(how === 'rm' && { remarks }) });
      expect(await place.signal('none')).toEqual([]);
      const inside = how === 'rm' ? 'gone\n' : 'inside\n';
      expect(await play(place, 'after', 'cat kept; cat /tmp/inside 2>/dev/null || echo gone')).toBe(`kept\n${inside}`);
      expect((await readAll(place, 'script')).toString()).toBe('up\n');
    },
    LONG,
  );

  it(
    'runs scripts that no shell has taken a signal from, in a session of their own, with what the entrypoint has made',
    async () => {
      const entrypoint = ['sh', '-c', 'sleep 2000 & export MADE="by entrypoint"; exec "$@"', 'sh'];
      const image = { name: images.busybox, entrypoint, pull_policy: [], executor_opts: {} };
      await using fixture = await openJob(elsewhere(), { image });
      const { place } = fixture;
      const script = `trap 'echo interrupted' INT; kill -INT $$; echo "$MADE"; umask; pwd
read -r stat <"/proc/$PPID/stat"; set -- \${stat##*) }; [ "$4" = "$PPID" ] && echo leads; kill -USR1 0; echo no`;
      expect(await play(place, 'script', script)).toBe(
        `interrupted\nby entrypoint\n0022\n${fixture.job.projectDir}\nleads\n`,
      );
      expect(await place.look('script')).toEqual({ kind: 'ended', code: 138 });
      expect(await place.signal('none')).toEqual([]);
    },
    LONG,
  );

  it(
    'belongs to its user, whoever that is, and has bash where its image has',
    async () => {
      await using fixture = await openJob(elsewhere({ image: images.debian, user: '1234:1234' }));
      const { place } = fixture;
      expect(place.shell).toBe('bash');
      const script = `[[ -n $BASH_VERSION ]] && echo bash; id -u; echo 9 >"$PWD.tmp/note"; echo x >file
trap 'echo interrupted' INT; kill -INT $$; git init -q . && git status --short`;
      expect(await play(place, 'script', script)).toBe('bash\n1234\ninterrupted\n?? file\n');
      expect(await place.readNote('note')).toBe('9\n');
      await place.start({ id: 'hang', script: 'echo up; sleep 1000' });
      await waitForOutput(place, 'hang', 'up');
      expect(await place.signal('KILL')).not.toEqual([]);
      expect(await waitForEnd(place, 'hang')).toEqual({ kind: 'ended', code: 137 });
    },
    LONG,
  );

  it(
    'says what its image lacks, and leaves nothing',
    async () => {
      const entrypoint = ['sh', '-c', 'rm -f "$(command -v setsid)"; exec "$@"', 'sh'];
      const image = { name: images.debian, entrypoint, pull_policy: [], executor_opts: {} };
      await expect(openJob(elsewhere(), { image })).rejects.toMatchObject({
        code: 'executor_unavailable',
        message: expect.stringMatching(/the image lacks: setsid/),
      });
    },
    LONG,
  );

  it(
    'ends a script whatever it does to its wrapper, its log and the directories of steps',
    async () => {
      await using fixture = await openJob(elsewhere());
      const { place } = fixture;
      await place.start({ id: 'stopped', script: 'echo up; kill -STOP $PPID; sleep 1000' });
      await waitForOutput(place, 'stopped', 'up');
      await signalUntilDead(place, 'KILL');
      expect(await waitForEnd(place, 'stopped')).toEqual({ kind: 'ended', code: 137 });
      expect(await play(place, 'short', 'echo long enough; sleep 0.5; : >"${0%/*}/log"; sleep 0.5; exit 3')).toMatch(
        /^long enough\n/,
      );
      expect(await place.look('short')).toEqual({ kind: 'ended', code: 3 });
      await play(place, 'closed', 'chmod 000 /epilogue/steps; mkfifo "$PWD.tmp/note"');
      await expect(place.readNote('note')).rejects.toMatchObject({ code: 'note_unreadable' });
      expect(await play(place, 'after', 'echo works')).toBe('works\n');
    },
    LONG,
  );

  it(
    'is found by the next runner, with what runs in it and what it has printed',
    async () => {
      await using fixture = await openJob(elsewhere());
      const { place, job } = fixture;
      await place.start({ id: 'script', script: 'echo up; while :; do sleep 0.1; done' });
      await waitForOutput(place, 'script', 'up');
      const next = await elsewhere().prepare(job, NEVER);
      expect(await next.look('script')).toEqual({ kind: 'running' });
      expect((await next.signal('none')).map(({ name }) => name)).toContain('sh');
      expect((await readAll(next, 'script')).toString()).toBe('up\n');
      await next.clean();
      expect(await place.look('script')).toEqual({ kind: 'ended', code: 137 });
    },
    LONG,
  );

  it(
    'takes the room that was reserved for a script',
    async () => {
      await using fixture = await openJob(elsewhere());
      const { place } = fixture;
      const step = { id: 'after', script: 'cat <<EOF\nfrom room\nEOF' };
      await place.reserve({ id: 'after', script: 'x'.repeat(100_000) });
      expect(await play(place, 'size', 'stat -c %s /epilogue/steps/after/room')).toBe('104096\n');
      await place.clear('after');
      expect(await play(place, step.id, step.script)).toBe('from room\n');
      expect(await play(place, 'left', 'ls /epilogue/steps/after')).toBe('claim\nexit\nlog\npid\nscript\n');
    },
    LONG,
  );
});
