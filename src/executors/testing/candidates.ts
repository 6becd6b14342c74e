import { describe } from 'vitest';
import { describeOnDocker, dockerHost, images } from '../../../test/support/docker/docker.ts';
import { realClock } from '../../base/index.ts';
import { createDockerExecutor } from '../docker/docker.ts';
import { DEFAULT_DOCKER_SETTINGS, type DockerSettings } from '../docker/settings.ts';
import { createProcessTable } from '../processes/table/process-table.ts';
import { createScriptedMachine } from '../scripted/scripted-machine.ts';
import type { Act } from '../scripted/scripted-step.ts';
import { createShellExecutor } from '../shell/shell.ts';
import type { Candidate } from './executor-contract.ts';
import { shellScript } from './shell-script.ts';

function scripted(): Candidate {
  const plays = new Map<string, readonly Act[]>();
  const machine = createScriptedMachine({
    clock: realClock,
    table: createProcessTable(realClock),
    perform: ({ script }) => plays.get(script) ?? [],
  });
  const script = (acts: readonly Act[]): string => {
    const title = `play ${plays.size}`;
    plays.set(title, acts);
    return title;
  };
  return { name: 'scripted', executor: machine.executor, script };
}

const shell: Candidate = {
  name: 'shell',
  executor: () => createShellExecutor({ clock: realClock }),
  script: shellScript,
};

/** Its image has no bash. */
function onDocker(name: string, files: DockerSettings['files']): Candidate {
  const settings = { ...DEFAULT_DOCKER_SETTINGS, host: dockerHost, image: images.busybox, files };
  return {
    name,
    executor: () =>
      createDockerExecutor({ settings: { ...settings, pullPolicy: ['never'] }, clock: realClock, env: {} }),
    script: shellScript,
  };
}

const dockers = [onDocker('docker', 'mount'), onDocker('docker, files sent', 'send')];

/** The contract suite, `executor.*.test.ts`, on each executor. @param title with `$name` for its name */
export function describeOnEach(title: string, body: (candidate: Candidate) => void): void {
  for (const candidate of [shell, scripted()]) describe(titleOf(title, candidate), () => body(candidate));
  // One for all of them: each sees to it that its files leave nothing in the engine.
  describeOnDocker(titleOf(title, { name: 'docker' }), () => {
    for (const candidate of dockers) describe(candidate.name, () => body(candidate));
  });
}

function titleOf(title: string, { name }: Pick<Candidate, 'name'>): string {
  return title.replace('$name', name);
}
