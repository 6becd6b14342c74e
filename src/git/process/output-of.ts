import type { ChildProcess } from 'node:child_process';

const QUIET_MS = 200;
/** A pipe, as large as a system may be set to make one, holds no more of what git itself has said. */
const PIPE_BYTES = 64 * 1024 * 1024;

/**
 * What a git prints, at the pace of whoever takes it. Ends soon after git itself: it has said everything before it exits, but what a hook or a filter
 * left running may hold the other end of its pipe for ever, silent or not.
 */
export async function* outputOf(child: ChildProcess): AsyncGenerator<Buffer> {
  const { stdout } = child;
  if (stdout === null) return;
  let hasExited = false;
  let onExit: (() => void) | null = null;
  const exit = () => {
    hasExited = true;
    onExit?.();
  };
  child.once('exit', exit);

  /** `quiet`: nothing has come for a while after the exit. */
  function orQuiet<T>(wait: Promise<T>): Promise<T | 'quiet'> {
    const { promise, resolve } = Promise.withResolvers<'quiet'>();
    let timer: NodeJS.Timeout | undefined;
    // Whoever kept this process busy has kept it from reading, too: what is there is read first.
    onExit = () => {
      timer = setTimeout(() => setImmediate(() => resolve('quiet')), QUIET_MS);
    };
    if (hasExited) onExit();
    return Promise.race([wait, promise]).finally(() => {
      clearTimeout(timer);
      onExit = null;
    });
  }

  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
  for (let bytesAfterExit = 0; bytesAfterExit < PIPE_BYTES; ) {
    const next = chunks.next();
    const found = await orQuiet(next);
    if (found === 'quiet') {
      next.catch(() => {});
      break;
    }
    if (found.done) return;
    if (hasExited) bytesAfterExit += found.value.length;
    yield found.value;
  }
  stdout.destroy();
}
