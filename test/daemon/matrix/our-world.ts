import { ServedProject, type ShownJob, type ShownPipeline } from '../../serve/support/served-project.ts';
import { Serving } from '../../serve/support/serving.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { isFetch, isLastUpdate, isReport, isUpload } from '../support/requests.ts';
import type { CellJob, CellSubject, Ending, World } from './world.ts';

/** Our coordinator: the real `epilogue serve`. */
export async function startOurWorld(): Promise<World> {
  const proxy = await FaultProxy.start('http://127.0.0.1:1');
  const flags = ['--no-runner', '--external-url', proxy.url];
  const serving = await Serving.start('SQLite', ...flags);
  proxy.target = serving.base;
  let project = new ServedProject(serving);
  return {
    proxy,
    async newRunner() {
      project = new ServedProject(serving);
      project.push('nothing: {script: ["true"], rules: [{if: $NEVER}]}', { flags: ['-o', 'ci.skip'] });
      const body = { runner_type: 'project_type', project_id: await project.id() };
      const { status, json, text } = await serving.ask('POST', '/api/v4/user/runners', { body });
      if (status !== 201) throw new Error(`no runner: ${text}`);
      return json.token;
    },
    async start(job) {
      const pipeline = await project.start(ciFile(job));
      return new OurSubject(project, pipeline);
    },
    crash: () => serving.stop('SIGKILL'),
    async restart() {
      await serving.start(...flags);
      proxy.target = serving.base;
    },
    async dispose() {
      await proxy.close();
      await serving.dispose();
    },
    requests: {
      preparing: (passing) => isReport(passing) && passing.json?.phase === 'script',
      get_sources: isFetch,
      'artifact upload': isUpload,
      'last update': isLastUpdate,
    },
    forceSkipsCleanup: true,
    wordOfCancel: /event: (cancel|abort)|"job-status":"(canceling|canceled)"/,
  };
}

function ciFile({ steps, timeout, variables }: CellJob): string {
  const lines = Object.entries(steps).map(([step, command]) => `  ${step}: [${JSON.stringify(command)}]`);
  return `
job:
  timeout: ${timeout} seconds
  variables: ${JSON.stringify(variables)}
${lines.join('\n')}
  artifacts: {when: always, paths: [result.txt]}
`;
}

class OurSubject implements CellSubject {
  readonly #project: ServedProject;
  readonly #pipeline: ShownPipeline;

  constructor(project: ServedProject, pipeline: ShownPipeline) {
    this.#project = project;
    this.#pipeline = pipeline;
  }

  async cancel(): Promise<void> {
    await this.#project.cancelJob(await this.#job());
  }

  async force(): Promise<void> {
    await this.#project.cancelJob(await this.#job(), '?force=true');
  }

  async knowsCleanup(): Promise<boolean> {
    return (await this.#job()).cleanup?.outcome === 'succeeded';
  }

  async isOver(): Promise<boolean> {
    return ['success', 'failed', 'canceled'].includes((await this.#job()).status);
  }

  async ending(): Promise<Ending> {
    const job = await this.#job();
    const artifact = await this.#project.ask(`/jobs/${job.id}/artifacts/result.txt`);
    return {
      status: job.status,
      reason: job.failure_reason ?? null,
      cleanup: job.cleanup?.outcome ?? null,
      hasArtifacts: artifact.status === 200,
      log: await this.#project.trace(job),
    };
  }

  async #job(): Promise<ShownJob> {
    return await this.#project.job(this.#pipeline, 'job');
  }
}
