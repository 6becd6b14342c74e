import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '../../../../test/support/wait-until.ts';

const run = promisify(execFile);
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

/** A Docker Engine of our own: own data, own socket, no firewall rules, so that it disturbs nothing else on the machine. */
export interface DockerEngine {
  /** Its address, as `DOCKER_HOST` has it. */
  readonly host: string;
  /** TERM, as for a restart; containers end with it unless it has `--live-restore`. May be called twice. */
  stop(): Promise<void>;
  /** KILL, for its containerd too: containers live on, until it is started again. */
  kill(): Promise<void>;
}

/**
 * There is no systemd in a container, so `dockerd` is started by hand, and waited for.
 * @param dir its own, outside of the checkout, with a short path (a socket lies in it); an engine that stopped is started again in it. Not removed here
 */
export async function startEngine(
  dir: string,
  { more = [], signal }: { readonly more?: readonly string[]; readonly signal?: AbortSignal } = {},
): Promise<DockerEngine> {
  const host = `unix://${dir}/docker.sock`;
  const engine = spawnEngine(dir, host, more);
  const stop = (): Promise<void> => stopEngine(engine, dir);
  try {
    const probe = (): Promise<boolean> => {
      signal?.throwIfAborted();
      return answers(host, engine);
    };
    await waitUntil(`dockerd answers (its log is ${dir}/log)`, probe, startTimeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, stop, kill: () => killEngine(engine, dir) };
}

function spawnEngine(dir: string, host: string, more: readonly string[]): ChildProcess {
  mkdirSync(dir, { recursive: true });
  const log = openSync(join(dir, 'log'), 'a');
  const places = [
    ...['--data-root', `${dir}/data`],
    ...['--exec-root', `${dir}/exec`],
    ...['--pidfile', `${dir}/pid`],
    ...['--host', host],
  ];
  const engine = spawn('dockerd', [...places, ...apart(), ...more], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    stdio: ['ignore', log, log],
    // Ctrl-C in the terminal goes to the whole foreground group; the engine ends last, when the tests have.
    detached: true,
  });
  engine.on('error', () => undefined); // the wait for its answer says so
  return engine;
}

/**
 * Networks that a test makes are bridges, on which containers find each other by name; nothing leads out of them. Their addresses are of those that are for
 * measuring alone (RFC 2544), each engine's own 256 networks: two that begin at the same moment would choose the same ones.
 */
function apart(): readonly string[] {
  const [second, third] = [18 + (process.pid % 2), 16 * ((process.pid >> 1) % 16)];
  const pool = `base=198.${second}.${third}.0/20,size=28`;
  return [
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--default-address-pool',
    pool,
  ];
}

async function answers(host: string, engine: ChildProcess): Promise<boolean> {
  if (hasEnded(engine)) throw new Error(`dockerd ended with ${engine.exitCode ?? engine.signalCode}`);
  return run('docker', ['--host', host, 'version']).then(
    () => true,
    () => false,
  );
}

const hasEnded = (engine: ChildProcess): boolean =>
  engine.pid === undefined || engine.exitCode !== null || engine.signalCode !== null;

async function stopEngine(engine: ChildProcess, dir: string): Promise<void> {
  if (!hasEnded(engine)) engine.kill('SIGTERM');
  await waitUntil('dockerd has ended', () => hasEnded(engine), stopTimeoutMs).catch(() => killEngine(engine, dir));
}

async function killEngine(engine: ChildProcess, dir: string): Promise<void> {
  const containerd = containerdOf(dir);
  engine.kill('SIGKILL');
  await waitUntil('dockerd is dead', () => hasEnded(engine), stopTimeoutMs);
  if (containerd === null) return;
  // It dies with dockerd. One that nobody has reaped yet would be taken for one that runs by the next dockerd, which then waits for it in vain.
  await waitUntil('its containerd is dead', () => !existsSync(`/proc/${containerd}`), stopTimeoutMs);
}

/** The process that this engine has started, by its id; null: none is there. */
function containerdOf(dir: string): number | null {
  const file = join(dir, 'exec/containerd/containerd.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : null;
}
