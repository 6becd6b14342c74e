import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { servePage } from './page/serve-page.ts';

/**
 * `bin/dev ARGS`: builds and runs `epilogue ARGS`, and again after every change of a source, the page's too. A run that is under way gets one
 * Ctrl-C first, so that its cleanup runs. With `serve` the page is served from its sources: at the address that was asked for, before a
 * coordinator on another port, which goes on when only the page has changed.
 */
const root = join(import.meta.dirname, '..');
const asked = process.argv.slice(2);
const quietMs = 100;

const leave = new AbortController();
// The program is in our process group and gets the terminal's Ctrl-C by itself; we only follow it out.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => leave.abort());

const page = asked[0] === 'serve' ? await servePage(root, asked) : null;
const args = page?.args ?? asked;
let program: ChildProcess | null = await start();
try {
  for await (const _ of changes()) {
    await stop();
    console.log('\ndev: a source changed');
    program = await start();
  }
} catch (error) {
  if (!leave.signal.aborted) throw error;
}
await stop();
await page?.close();

async function start(): Promise<ChildProcess | null> {
  const build = [join(root, 'tools/build.ts'), ...(page === null ? [] : ['--no-page'])];
  // The page is served meanwhile.
  const [status] = await once(spawn(process.execPath, build, { stdio: 'inherit' }), 'exit');
  if (status !== 0 || args.length === 0 || leave.signal.aborted) return null;
  return spawn(process.execPath, [join(root, 'dist/main.js'), ...args], { stdio: 'inherit' });
}

async function stop(): Promise<void> {
  if (program === null || program.exitCode !== null || program.signalCode !== null) return;
  const ended = once(program, 'exit');
  if (!leave.signal.aborted) program.kill('SIGINT');
  await ended;
}

/** One value for each burst of changes: an editor writes a file in several steps, git many files at once. */
async function* changes(): AsyncGenerator<void> {
  // What the build makes of the table of routes lies in web/ too, and is no source.
  const watched = (page === null ? ['src', 'web/src'] : ['src']).map((folder) =>
    watch(join(root, folder), { recursive: true, signal: leave.signal })[Symbol.asyncIterator](),
  );
  const nexts = watched.map((events) => events.next());
  while (true) {
    await Promise.race(nexts);
    do {
      const at = await Promise.race(nexts.map((next, index) => next.then(() => index)));
      nexts[at] = (watched[at] as (typeof watched)[number]).next();
    } while (await Promise.race([...nexts.map((next) => next.then(() => true)), quiet()]));
    yield;
  }
}

function quiet(): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, quietMs, false));
}
