import { chmodSync, mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunnerLab } from '../../daemon/support/runner-lab.ts';
import { useRunnerLab } from '../../daemon/support/use-runner-lab.ts';
import { docker, dockerHost, images } from '../../support/docker/docker.ts';
import { waitUntil } from '../../support/wait-until.ts';

const SEEN = 'seen';

/** A runner whose jobs run in containers, in which they find a directory of the lab. */
export class DockerLab {
  readonly lab: RunnerLab;
  /** Of the engine. */
  readonly host: string;

  constructor(lab: RunnerLab, host: string) {
    this.lab = lab;
    this.host = host;
    mkdirSync(this.path(''));
    // Jobs write there, whoever their image's user is.
    chmodSync(this.path(''), 0o777);
  }

  /** In the directory that jobs see. */
  path(name: string): string {
    return this.lab.path(`${SEEN}/${name}`);
  }

  has(name: string): boolean {
    return this.lab.has(`${SEEN}/${name}`);
  }

  read(name: string): string {
    return this.lab.read(`${SEEN}/${name}`);
  }

  touch(name: string): void {
    this.lab.touch(`${SEEN}/${name}`);
  }

  until(name: string): Promise<void> {
    return this.lab.until(`${SEEN}/${name}`);
  }

  /** A line of a script that waits until a test makes this file. */
  waitFor(name: string): string {
    return this.lab.waitFor(`${SEEN}/${name}`);
  }

  /** Starts a runner. @param settings more lines of `[runners.docker]` */
  start(more: readonly string[] = [], settings: readonly string[] = []): void {
    const lines = [
      'executor = "docker"',
      '[runners.docker]',
      `host = ${JSON.stringify(this.host)}`,
      `image = ${JSON.stringify(images.busybox)}`,
      'pull_policy = ["never"]',
      `volumes = [${JSON.stringify(`${this.path('')}:${this.path('')}`)}]`,
      ...settings,
    ];
    this.lab.startFrom('concurrent = 1', more, lines.join('\n'));
  }

  /** Names of the lab's containers of this kind, those that have ended too. */
  containers(type: 'build' | 'service' = 'build'): readonly string[] {
    const format = '{{.Names}} {{.Label "io.epilogue.home"}} {{.Label "io.epilogue.type"}}';
    const lines = docker('--host', this.host, 'ps', '--all', '--filter', 'label=io.epilogue.home', '--format', format);
    return lines.split('\n').flatMap((line) => {
      const [name = '', home = '', kind] = line.split(' ');
      return home.startsWith(`${this.lab.root}/`) && kind === type ? [name] : [];
    });
  }

  /** The runner may go on: neither a journal of a job nor a container. */
  async untilNothingIsLeft(): Promise<void> {
    await waitUntil('no journal is left', () => this.lab.homes.length === 0);
    expect([...this.containers(), ...this.containers('service')]).toEqual([]);
  }

  /** The container of the only job. */
  async container(type: 'build' | 'service' = 'build'): Promise<string> {
    const [name] = await waitUntil(`there is a ${type} container`, () => {
      const found = this.containers(type);
      return found.length > 0 ? found : null;
    });
    return name ?? '';
  }
}

export function useDockerLab(host = dockerHost): DockerLab {
  return new DockerLab(useRunnerLab(), host);
}

/** A service that serves one file, `stock`, to the job as `db`, and ends at TERM. */
export const SERVICE = `{name: ${images.busybox}, alias: db, command: [sh, -c, "trap 'exit 0' TERM; mkdir /data; echo '3 apples' >/data/stock; httpd -p 8000 -h /data; sleep 1000 & wait"]}`;

/** Asks it. */
export const ASK = 'wget -q -O - http://db:8000/stock';

export interface LabPipeline {
  readonly id: string;
  /** Lines of the job. */
  readonly job?: readonly string[];
  /** Commands of the script, after it has begun; it waits for `<id>.go` else. */
  readonly script?: readonly string[];
  /** Commands of the cleanup, after it has written down what it found. */
  readonly cleanup?: readonly string[];
}

/**
 * A job whose script leaves a file in its container, and whose cleanup writes down what it was told, by which attempt, and what is in that file: `<id>.cleaned`, a line an attempt. In `<id>.begun`
 * and there is the container's name, too.
 */
export function pipelineOf(lab: DockerLab, { id, job = [], script, cleanup = [] }: LabPipeline): string {
  const path = lab.path(id);
  const scripts = [
    'echo kept >/tmp/kept',
    `hostname >${path}.host; touch ${path}.begun`,
    ...(script ?? [lab.waitFor(`${id}.go`)]),
  ];
  const told = '"$CI_JOB_STATUS $EPILOGUE_TEARDOWN_CAUSE $EPILOGUE_CLEANUP_ATTEMPT $(cat /tmp/kept)"';
  const cleanups = [`hostname >${path}.host2; echo ${told} >>${path}.cleaned`, ...cleanup];
  const list = (commands: readonly string[]) => commands.map((command) => `    - ${JSON.stringify(command)}`);
  return [
    'job:',
    ...job.map((line) => `  ${line}`),
    '  script:',
    ...list(scripts),
    '  after_script:',
    ...list(cleanups),
    '',
  ].join('\n');
}
