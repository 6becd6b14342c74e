import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ServedProject } from './support/served-project.ts';
import { Serving } from './support/serving.ts';

/** A `git` that kills the server which has started it, once it has moved the refs of a push: while `armed` is there, and once. */
const GIT = `#!/bin/sh
SETTINGS
"$real" "$@"
code=$?
case " $* " in *" receive-pack --stateless-rpc "*) case "$*" in *--advertise*|*--http-backend-info-refs*) ;; *)
  if rm "$armed" 2>/dev/null; then kill -9 $PPID; fi ;; esac ;; esac
exit $code
`;

it('makes the pipeline of a push, as its pusher wished it, whose server was killed after git had moved the ref', async () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-git-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const armed = join(dir, 'armed');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  mkdirSync(join(dir, 'bin'));
  const script = GIT.replace('SETTINGS', `real='${real}'; armed='${armed}'`);
  writeFileSync(join(dir, 'bin', 'git'), script);
  chmodSync(join(dir, 'bin', 'git'), 0o755);
  const serving = await Serving.startWith({ PATH: `${join(dir, 'bin')}:${process.env.PATH}` }, 'SQLite', '--no-runner');
  onTestFinished(() => serving.dispose());
  const project = new ServedProject(serving);
  const ci = 'a: {script: [echo "for $WHO"]}\n';
  await project.start(ci);
  writeFileSync(armed, '');
  expect(() => project.push(ci, { flags: ['-o', 'ci.variable=WHO=somebody'] })).toThrow('git push');
  expect(existsSync(armed)).toBe(false);
  // It was killed, and says so if it has been noticed by now.
  await serving.stop('SIGKILL').catch(() => {});
  await serving.start('--no-runner');
  const pipeline = await project.newestPipeline('main');
  const { json: variables } = await project.ask(`/pipelines/${pipeline.id}/variables`);
  expect(variables).toMatchObject([{ key: 'WHO', value: 'somebody' }]);
  expect((await project.ask(`/pipelines/${pipeline.id}`)).json).toMatchObject({ user: { username: 'root' } });
  expect((await project.ask('/pipelines')).json).toHaveLength(2);
}, 60_000);
