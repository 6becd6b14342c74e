import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';

const ROOM = join(import.meta.dirname, '..');

/** A runner that uses up all descriptors that it may have while a script runs, and then does the rest of the job. */
const RUNNER = `
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { realClock } from ${JSON.stringify(join(ROOM, '../base/index.ts'))};
import { createShellExecutor } from ${JSON.stringify(join(ROOM, 'shell/shell.ts'))};
const [root] = process.argv.slice(2);
mkdirSync(root + '/steps');
const job = {
  stepsDir: root + '/steps', projectDir: root + '/project', cookie: 'c'.repeat(32), environment: { PATH: process.env.PATH },
  image: null, services: [], variables: {}, preStopHandler: null,
};
const place = await createShellExecutor({ clock: realClock }).prepare(job, new AbortController().signal);
await place.start({ id: 'script', script: 'echo up; : > "' + root + '/up"; sleep 1000' });
for (let left = 1_000; left > 0 && !existsSync(root + '/up'); left -= 1) await realClock.sleep(10);
const answers = {};
try {
  for (;;) openSync('/dev/null');
} catch (error) {
  answers.openedAll = error.code;
}
answers.state = (await place.look('script')).kind;
answers.isFound = (await place.signal('none')).length > 0;
await place.signal('TERM');
answers.left = await place.untilDead(8_000);
await place.start({ id: 'after_script', script: 'exit 4' });
for (;;) {
  answers.cleanup = await place.look('after_script');
  if (answers.cleanup.kind !== 'running') break;
  await place.changed('after_script', 100);
}
answers.log = await place.readLog('script', 0, Buffer.alloc(10));
console.log(JSON.stringify(answers));
await place.clean();
`;

it('sees a job through although the runner has used up its file descriptors', async () => {
  const root = mkdtempSync(join(tmpdir(), 'epilogue-descriptors-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const program = join(root, 'runner.ts');
  writeFileSync(program, RUNNER);
  const limited = ['-c', 'ulimit -n 100; exec "$@"', 'sh', process.execPath, program, root];
  const child = spawn('/bin/sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(JSON.parse(await text(child.stdout))).toEqual({
    openedAll: 'EMFILE',
    state: 'running',
    isFound: true,
    left: [],
    cleanup: { kind: 'ended', code: 4 },
    log: 3,
  });
});
