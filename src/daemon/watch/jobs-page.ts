import type { RunnerMetrics } from './runner-metrics.ts';

/** A job a line, with the fields that GitLab's runner has, in its order, and ours behind them. `now`: UTC ms. */
export function jobsPage({ jobs }: Pick<RunnerMetrics, 'jobs'>, now: number): string {
  return jobs
    .map((job) => {
      const fields: Readonly<Record<string, string | number>> = {
        url: job.url,
        state: job.state,
        stage: job.stage,
        executor_stage: job.executorStage,
        duration: `${job.seconds.toFixed(3)}s`,
        job: job.id,
        name: JSON.stringify(job.name),
        project: job.project,
        phase: job.phase,
        cause: job.cause ?? '-',
        cleanup: job.cleanup?.outcome ?? '-',
        cleanup_ends_in: job.deadline === null ? '-' : `${Math.max(0, (job.deadline - now) / 1000).toFixed(0)}s`,
        log_bytes: job.logBytes,
        log_waiting_bytes: job.waitingBytes(),
      };
      return `${Object.entries(fields)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}\n`;
    })
    .join('');
}
