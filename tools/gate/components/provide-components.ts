import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Component, components, installFromDebian, type RunningComponent } from '../../components/index.ts';
import type { Gate } from '../gate.ts';
import type { CopyableComponent } from '../ordinary-user.ts';
import { endStaleRuns } from './end-stale-runs.ts';

/** Outside the checkout: a back end's data is not part of it, and its socket's path has to be short. */
const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'epilogue-tests');

export interface Provided extends Omit<RunningComponent, 'copyable' | 'left'> {
  /** Those that somebody else can have too, in a copy. */
  readonly copyable: readonly CopyableComponent[];
  /** A row for each component in which tests have left something. */
  lookForLeftovers(): Promise<void>;
}

/** Starts every component there is; adds a row for each that runs, failed, or is skipped and why. */
export async function provideComponents(gate: Gate, mustHave: boolean): Promise<Provided> {
  for (const problem of await endStaleRuns(home)) console.error(`test: a former run cannot be removed: ${problem}`);
  const running: Started[] = [];
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
    async lookForLeftovers() {
      for (const { name, left } of running) addLeft(gate, name, (await left?.()) ?? []);
    },
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

type Started = RunningComponent & Pick<Component, 'name'>;

async function startOne(gate: Gate, component: Component, running: Started[]): Promise<void> {
  const startedAt = performance.now();
  // A pid comes again, and a directory of its former bearer may not be gone.
  const own = `${process.pid}-${randomBytes(3).toString('hex')}`;
  const dir = join(home, `${own}-${component.name.toLowerCase().replaceAll(' ', '-')}`);
  try {
    running.push({ name: component.name, ...(await component.start(dir, gate.signal)) });
    const durationMs = performance.now() - startedAt;
    gate.add({ name: component.name, passed: 1, failed: 0, skipped: 0, durationMs, failures: [] });
  } catch (error) {
    fail(gate, component, describe(error));
  }
}

function addLeft(gate: Gate, name: string, failures: readonly string[]): void {
  if (failures.length === 0) return;
  gate.add({ name: `left in ${name}`, passed: 0, failed: failures.length, skipped: 0, durationMs: 0, failures });
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
