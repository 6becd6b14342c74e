import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  type Component,
  components,
  installFromDebian,
  type RunningComponent,
  waitUntil,
} from '../components/index.ts';
import type { Gate } from './gate.ts';
import type { CopyableComponent } from './ordinary-user.ts';

/** Outside the checkout: a back end's data is not part of it, and its socket's path has to be short. */
const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'epilogue-tests');

export interface Provided extends Omit<RunningComponent, 'copyable'> {
  /** Those that somebody else can have too, in a copy. */
  readonly copyable: readonly CopyableComponent[];
}

/** Starts every component there is; adds a row for each that runs, failed, or is skipped and why. */
export async function provideComponents(gate: Gate, mustHave: boolean): Promise<Provided> {
  await endStaleRuns();
  const running: RunningComponent[] = [];
  const installError = mustHave ? await installMissing(gate.signal) : null;
  for (const component of components) {
    const reason = component.missing();
    if (reason !== null && !mustHave) skip(gate, component, `${reason}; CI=true bin/test installs it`);
    else if (reason !== null) fail(gate, component, `${reason}${installError === null ? '' : `: ${installError}`}`);
    else await startOne(gate, component, running);
  }
  return {
    env: Object.assign({}, ...running.map(({ env }) => env)),
    copyable: running.flatMap(({ env, copyable }) => (copyable === undefined ? [] : [{ env, directory: copyable }])),
    async stop() {
      for (const { stop } of running) await stop();
    },
  };
}

/** Why it did not work; null: it did, or there was nothing to do. */
async function installMissing(signal: AbortSignal): Promise<string | null> {
  const missing = components.filter((component) => component.missing() !== null);
  if (missing.length === 0) return null;
  try {
    const packages = missing.flatMap(({ debianPackages }) => debianPackages);
    await installFromDebian(packages, signal);
    for (const component of missing) await component.install?.(signal);
    return null;
  } catch (error) {
    return describe(error);
  }
}

async function startOne(gate: Gate, component: Component, running: RunningComponent[]): Promise<void> {
  const startedAt = performance.now();
  const dir = join(home, `${process.pid}-${component.name.toLowerCase().replaceAll(' ', '-')}`);
  try {
    running.push(await component.start(dir, gate.signal));
    const durationMs = performance.now() - startedAt;
    gate.add({ name: component.name, passed: 1, failed: 0, skipped: 0, durationMs, failures: [] });
  } catch (error) {
    fail(gate, component, describe(error));
  }
}

function skip(gate: Gate, { name }: Component, note: string): void {
  gate.add({ name, passed: 0, failed: 0, skipped: 1, durationMs: 0, note, failures: [] });
}

function fail(gate: Gate, { name }: Component, reason: string): void {
  gate.add({ name, passed: 0, failed: 1, skipped: 0, durationMs: 0, failures: [reason] });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a `bin/test` that was killed has left: its directory bears its pid, its processes name the directory. */
async function endStaleRuns(): Promise<void> {
  for (const name of list(home)) {
    if (list('/proc').includes(name.split('-')[0] ?? '')) continue;
    const dir = join(home, name);
    const users = (): readonly number[] =>
      list('/proc')
        .map(Number)
        .filter((pid) => pid > 0 && usesDirectory(pid, dir));
    for (const pid of users()) process.kill(pid, 'SIGTERM');
    await waitUntil(() => users().length === 0, { what: `the processes of ${dir}`, timeoutMs: 20_000 });
    rmSync(dir, { recursive: true, force: true });
  }
}

function usesDirectory(pid: number, dir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dir}/`);
  } catch {
    return false;
  }
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
