import { readFileSync, writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { availableParallelism, homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Host, StopSignal } from './cli/index.ts';

// The only file that reads the process's arguments and environment, listens to signals and exits. It imports nothing of
// ours before it knows that more than the version is wanted: loading is what start-up time is made of.

/** Put in by the bundler; the sources read package.json instead. */
declare const EPILOGUE_VERSION: string | undefined;

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const words = process.argv.slice(2);
/** Lines that came before they were asked for: somebody has pasted several. */
const typedAhead: string[] = [];
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  writeSync(1, `${version()}\n`);
} else {
  await runProgram();
}

async function runProgram(): Promise<void> {
  const { openOutput, realClock, runCommand, xdgPaths } = await import('./cli/index.ts');
  const homeDir = homeDirectory();
  // What commands load is compiled once a build, not once a start.
  if (homeDir !== null) enableCompileCache(join(xdgPaths(process.env, homeDir).cache, 'compiled'));
  const host: Host = {
    env: process.env,
    cwd: process.cwd(),
    homeDir,
    isRoot: process.getuid?.() === 0,
    version: version(),
    cores: availableParallelism(),
    program: [process.execPath, ...process.execArgv, import.meta.filename],
    clock: realClock,
    stdout: openOutput(1),
    stderr: openOutput(2),
    ask,
    onStopSignal(listener) {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
    onResume(listener) {
      process.on('SIGCONT', listener);
      return () => process.off('SIGCONT', listener);
    },
  };
  const exitCode = await runCommand(words, host);
  await host.stdout.flush();
  const lost = host.stdout.failure();
  if (lost !== null) host.stderr.write(`epilogue: standard output is not complete: ${lost}\n`);
  await host.stderr.flush();
  // Not left to an empty event loop: a forgotten handle must not keep a finished run in the terminal.
  process.exit(lost === null || exitCode !== 0 ? exitCode : 1);
}

async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const early = typedAhead.shift();
  if (early !== undefined) {
    process.stderr.write(`${question}${early}\n`);
    return early;
  }
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  lines.on('line', (line) => typedAhead.push(line));
  try {
    return await lines.question(question, { signal: closed.signal });
  } catch (error) {
    if (closed.signal.aborted) return null;
    throw error;
  } finally {
    lines.close();
  }
}

function homeDirectory(): string | null {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : null;
  } catch {
    return null; // HOME is not set, and this uid is nobody that the system knows.
  }
}

function version(): string {
  if (typeof EPILOGUE_VERSION === 'string') return EPILOGUE_VERSION;
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}
