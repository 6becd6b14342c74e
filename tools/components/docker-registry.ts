import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeDirectory } from '../../src/executors/testing/docker/remove-directory.ts';
import type { Component, RunningComponent } from './component.ts';
import { missingPrograms } from './missing-programs.ts';
import { waitUntil } from './wait-until.ts';

const startTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;
const user = 'someone';
const password = 'a-password';
/** Of the password; the registry reads no other kind. As `perl -e 'print crypt("a-password", q($2y$04$abcdefghijklmnopqrstuu))'` has it. */
const bcrypt = '$2y$04$abcdefghijklmnopqrstuurp8gIuTR7jNLYUS2oWqlo53RjDCp7f6';

/**
 * A registry on loopback, where Docker's engine asks for no TLS, that nobody reads or writes without a login. Each test uses names of its
 * own there. `EPILOGUE_TEST_DOCKER_REGISTRY` is its URL, login included.
 */
export const dockerRegistry: Component = {
  name: 'Docker registry',
  debianPackages: ['docker-registry'],
  missing: () => missingPrograms(['docker-registry']),
  async start(dir, signal): Promise<RunningComponent> {
    const registry = startRegistry(dir);
    const stop = (): Promise<void> => stopRegistry(registry, dir);
    try {
      const what = `docker-registry (its log is ${dir}/log)`;
      await waitUntil(() => answers(portOf(dir)), { what, timeoutMs: startTimeoutMs, signal });
    } catch (error) {
      await stop();
      throw error;
    }
    const url = `http://${user}:${password}@127.0.0.1:${portOf(dir)}`;
    return { env: { EPILOGUE_TEST_DOCKER_REGISTRY: url }, stop };
  },
};

function startRegistry(dir: string): ChildProcess {
  mkdirSync(dir, { recursive: true });
  const config = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(dir, 'data') } },
    http: { addr: '127.0.0.1:0' },
    auth: { htpasswd: { realm: 'tests', path: join(dir, 'htpasswd') } },
  };
  writeFileSync(join(dir, 'htpasswd'), `${user}:${bcrypt}\n`);
  // JSON is YAML.
  writeFileSync(join(dir, 'config.yml'), JSON.stringify(config));
  const log = openSync(join(dir, 'log'), 'a');
  const registry = spawn('docker-registry', ['serve', join(dir, 'config.yml')], {
    stdio: ['ignore', log, log],
    // As with the engine: it ends when the tests have.
    detached: true,
  });
  closeSync(log);
  registry.on('error', () => undefined); // the wait for its answer says so
  return registry;
}

/** It says in its log which one it has got; null: not yet. */
function portOf(dir: string): string | null {
  return /listening on 127\.0\.0\.1:(\d+)/.exec(readFileSync(join(dir, 'log'), 'utf8'))?.[1] ?? null;
}

async function answers(port: string | null): Promise<boolean> {
  if (port === null) return false;
  return fetch(`http://127.0.0.1:${port}/v2/`).then(
    ({ status }) => status === 401,
    () => false,
  );
}

async function stopRegistry(registry: ChildProcess, dir: string): Promise<void> {
  const hasEnded = (): boolean =>
    registry.pid === undefined || registry.exitCode !== null || registry.signalCode !== null;
  if (!hasEnded()) registry.kill('SIGTERM');
  await waitUntil(hasEnded, { what: 'docker-registry to end', timeoutMs: stopTimeoutMs }).catch(() => {
    registry.kill('SIGKILL');
  });
  removeDirectory(dir);
}
