import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultProxy } from '../../daemon/support/fault-proxy.ts';
import { writeStepProgram } from '../../daemon/support/gates.ts';
import { killAllOf } from '../../daemon/support/job-processes.ts';
import { RunnerProcess } from '../../daemon/support/runner-process.ts';
import { ServedProject } from '../../serve/support/served-project.ts';
import { Serving } from '../../serve/support/serving.ts';

/** A coordinator behind a proxy, and runners of one project, each a process of its own in a directory of its own. */
export class ServedRunners {
  readonly serving: Serving;
  readonly proxy: FaultProxy;
  readonly project: ServedProject;
  readonly runners: readonly RunnerProcess[];
  readonly directories: readonly string[];
  /** What steps of jobs run; each job writes into the directory of its id below `ledgers`. */
  readonly program: string;
  readonly ledgers: string;
  readonly #flags: readonly string[];

  private constructor(
    { serving, proxy, flags }: { serving: Serving; proxy: FaultProxy; flags: readonly string[] },
    project: ServedProject,
    tokens: readonly string[],
    concurrent: number,
  ) {
    this.serving = serving;
    this.proxy = proxy;
    this.project = project;
    this.#flags = flags;
    this.program = writeStepProgram(serving.outside);
    this.ledgers = join(serving.outside, 'ledgers');
    mkdirSync(this.ledgers);
    this.directories = tokens.map((_, index) => join(serving.root, `runner-${index}`));
    this.runners = tokens.map((token, index) => {
      const tokenFile = join(serving.root, `token-${index}`);
      writeFileSync(tokenFile, token);
      const words = ['--url', proxy.url, '--token-file', tokenFile, '--directory', this.directories[index] ?? ''];
      return new RunnerProcess({
        words: [...words, '--concurrent', String(concurrent), '--no-guard'],
        env: serving.environment(),
      });
    });
  }

  /** Not started yet. */
  static async start(count: number, concurrent: number): Promise<ServedRunners> {
    const proxy = await FaultProxy.start('http://127.0.0.1:1');
    const flags = ['--no-runner', '--external-url', proxy.url];
    const serving = await Serving.start('SQLite', ...flags);
    proxy.target = serving.base;
    const project = new ServedProject(serving);
    project.push('never: {script: ["true"], rules: [{if: $NEVER}]}', { flags: ['-o', 'ci.skip'] });
    const tokens: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const body = { runner_type: 'project_type', project_id: await project.id(), run_untagged: true };
      tokens.push((await serving.ask('POST', '/api/v4/user/runners', { body })).json.token);
    }
    return new ServedRunners({ serving, proxy, flags }, project, tokens, concurrent);
  }

  /** How often a step of any job has begun or ended so far. */
  ledgerLines(): number {
    const files = readdirSync(this.ledgers).map((id) => join(this.ledgers, id, 'ledger'));
    return files.filter((path) => existsSync(path)).reduce((sum, path) => sum + linesIn(path), 0);
  }

  async killCoordinator(): Promise<void> {
    await this.serving.stop('SIGKILL');
    await this.serving.start(...this.#flags);
    this.proxy.target = this.serving.base;
  }

  async dispose(cookies: readonly string[]): Promise<void> {
    for (const runner of this.runners) await runner.kill();
    await killAllOf(cookies);
    await this.proxy.close();
    await this.serving.dispose();
  }
}

function linesIn(path: string): number {
  return readFileSync(path, 'utf8').split('\n').length - 1;
}
