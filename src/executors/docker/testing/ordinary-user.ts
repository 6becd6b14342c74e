import { existsSync, readdirSync } from 'node:fs';
import { realClock } from '../../../base/index.ts';
import type { JobSpec, Place } from '../../executor.ts';
import { collectPaths, NEVER, openJob, readAll, waitForEnd, waitForOutput } from '../../testing/executor-contract.ts';
import { createDockerExecutor } from '../docker.ts';
import { DEFAULT_DOCKER_SETTINGS } from '../settings.ts';

// A program of its own: `<uid> <engine> <image> <source>`, started by root with a TMPDIR that the user can write to. Everything is loaded as root, for the
// checkout may be root's alone; then it is that user, a runner without rights. Prints one JSON object.

const [uid = '', host = '', image = '', source = ''] = process.argv.slice(2);
process.setgroups?.([]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));

const settings = { ...DEFAULT_DOCKER_SETTINGS, host, image, pullPolicy: ['never' as const] };
const executor = createDockerExecutor({ settings, clock: realClock, env: {} });

async function play(place: Place, id: string, script: string): Promise<string> {
  await place.start({ id, script });
  await waitForEnd(place, id);
  return (await readAll(place, id)).toString();
}

/** What a step has made, after its container was killed; and a tree in its place, as sources are brought. */
async function readAfterEnd(place: Place, { projectDir }: JobSpec): Promise<object> {
  await place.start({ id: 'script', script: 'umask 077; mkdir deep; echo x >deep/made; echo up; kill -9 -1' });
  await waitForEnd(place, 'script');
  const made = await collectPaths(place, { paths: ['deep'] });
  await play(place, 'again', 'umask 077; mkdir more; echo x >more/made');
  await place.deliverTree(source, NEVER);
  return {
    made,
    brought: readdirSync(projectDir),
    inside: await play(place, 'last', 'cat *; echo >>brought; echo $?'),
  };
}

/** What is closed to this user as long as the step runs. */
async function readMeanwhile(place: Place, { stepsDir }: JobSpec): Promise<object> {
  const script = `umask 077; echo 5 >"${place.temporaryDir}/note"; ln -s /etc/passwd "${place.temporaryDir}/link"
echo closed; chown -R 4321 "${stepsDir}" 2>/dev/null; chmod -R 700 "${stepsDir}" 2>/dev/null; echo up; while :; do sleep 0.1; done`;
  await place.start({ id: 'meanwhile', script });
  await waitForOutput(place, 'meanwhile', 'up');
  const [note, none] = await Promise.all([place.readNote('note'), place.readNote('none')]);
  const link = await place.readNote('link').catch((error: { code: string }) => error.code);
  const cut = await place.cutLog('meanwhile', 2);
  await place.signal('KILL');
  const end = await waitForEnd(place, 'meanwhile');
  return { note, none, link, cut, end, next: await play(place, 'next', 'echo cleaned') };
}

const fixture = await openJob(executor);
const { place, job } = fixture;
const seen = { ...(await readAfterEnd(place, job)), ...(await readMeanwhile(place, job)) };
await place.clean();
const left = [job.projectDir, place.temporaryDir].filter((path) => existsSync(path));
await fixture[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify({ ...seen, left }));
