import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Component, RunningComponent } from './component.ts';
import { missingPrograms } from './missing-programs.ts';
import { removeDirectory } from './remove-directory.ts';
import { waitUntil } from './wait-until.ts';

const run = promisify(execFile);
const image = 'epilogue-test/busybox';
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

/**
 * A Docker Engine of our own: own data, own socket, no bridge and no firewall rules, so that it disturbs nothing else on the
 * machine. There is no systemd in a container, so `dockerd` is started by hand. Its one image is Debian's static busybox;
 * containers run with `--network none`.
 */
export const docker: Component = {
  name: 'Docker Engine',
  debianPackages: ['docker.io', 'busybox-static'],
  missing() {
    return (
      missingPrograms(['dockerd', 'docker', 'busybox']) ?? (process.getuid?.() === 0 ? null : 'only root may start one')
    );
  },
  async start(dir, signal): Promise<RunningComponent> {
    const host = `unix://${dir}/docker.sock`;
    const engine = startEngine(dir, host);
    const stop = (): Promise<void> => stopEngine(engine, dir);
    try {
      await waitUntil(() => answers(host), {
        what: `dockerd (its log is ${dir}/log)`,
        timeoutMs: startTimeoutMs,
        signal,
      });
      await importImage(host, dir);
    } catch (error) {
      await stop();
      throw error;
    }
    return { env: { EPILOGUE_TEST_DOCKER_HOST: host, EPILOGUE_TEST_DOCKER_IMAGE: image }, stop };
  },
};

function startEngine(dir: string, host: string): ChildProcess {
  mkdirSync(dir, { recursive: true });
  const log = openSync(join(dir, 'log'), 'a');
  const places = [
    '--data-root',
    `${dir}/data`,
    '--exec-root',
    `${dir}/exec`,
    '--pidfile',
    `${dir}/pid`,
    '--host',
    host,
  ];
  const engine = spawn('dockerd', [...places, '--bridge=none', '--iptables=false', '--ip6tables=false'], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    stdio: ['ignore', log, log],
    // Ctrl-C in the terminal goes to the whole foreground group; the engine ends last, when the tests have.
    detached: true,
  });
  engine.on('error', () => undefined); // the wait for its answer says so
  return engine;
}

async function answers(host: string): Promise<boolean> {
  return run('docker', ['--host', host, 'version']).then(
    () => true,
    () => false,
  );
}

/** And proves that a container can be run. */
async function importImage(host: string, dir: string): Promise<void> {
  const script = `
    set -e
    mkdir -p "$1/image/bin" "$1/image/tmp"
    for applet in $(busybox --list); do ln -sf busybox "$1/image/bin/$applet"; done
    rm -f "$1/image/bin/busybox"
    cp "$(command -v busybox)" "$1/image/bin/busybox"
    tar -C "$1/image" -c . | docker --host "$2" import - "$3"
    docker --host "$2" run --rm --network none "$3" true`;
  await run('sh', ['-c', script, 'sh', dir, host, image]);
}

async function stopEngine(engine: ChildProcess, dir: string): Promise<void> {
  const hasEnded = (): boolean => engine.pid === undefined || engine.exitCode !== null || engine.signalCode !== null;
  if (!hasEnded()) engine.kill('SIGTERM');
  await waitUntil(hasEnded, { what: 'dockerd to end', timeoutMs: stopTimeoutMs }).catch(() => {
    // Then containerd, its child, is on its own and has to be ended too.
    engine.kill('SIGKILL');
    const pidFile = join(dir, 'exec/containerd/containerd.pid');
    if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  });
  removeDirectory(dir);
}
