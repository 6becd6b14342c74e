import { gauge, gaugeBy, type Metric, metricText, PROMETHEUS_TEXT, processMetrics } from '../../base/index.ts';
import { type LoadFigures, OBLIGATION_KINDS, readLoadFigures } from '../../store/index.ts';
import { type Route, route, text } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { requestMetrics } from './request-metrics.ts';

/** `/metrics`, in Prometheus's text format. Counts only, so that nobody needs to say who they are; names are in docs/operate.md. */
export function metricsRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/metrics',
      action: 'operation.metrics',
      tag: 'Operation',
      summary: 'Figures of this process and of the database, for Prometheus',
      answers: { 200: null },
      handle: async ({ requests }) => {
        const { figures, now } = await parts.store.read(async (db) => ({
          figures: await readLoadFigures(db),
          now: db.now(),
        }));
        const info = gaugeBy('epilogue_info', 'Always 1.', 'version', { [parts.version]: 1 });
        const metrics = [...ofDatabase(figures, now), ...requestMetrics(requests()), info, ...processMetrics()];
        return text(metricText(metrics), PROMETHEUS_TEXT);
      },
    }),
  ];
}

/** Replicas that share a database tell the same. */
function ofDatabase(figures: LoadFigures, now: number): readonly Metric[] {
  const { waitingSince, dueSince, obligations, phases } = figures;
  const secondsSince = (at: number | null): number => (at === null ? 0 : Math.max(0, now - at) / 1000);
  const states = Object.fromEntries(OBLIGATION_KINDS.map((kind) => [kind, obligations[kind] ?? 0]));
  const owed = 'Cleanups that are open, and those that did not end well.';
  return [
    gauge('epilogue_queue_jobs', 'Jobs that wait for a runner.', figures.waitingJobs),
    gauge('epilogue_queue_cleanups', 'Cleanups of lost runners that wait for another one.', figures.waitingCleanups),
    gauge('epilogue_queue_oldest_seconds', 'How long the oldest of both has waited.', secondsSince(waitingSince)),
    gauge('epilogue_running_attempts', 'Jobs and cleanups that a runner holds.', figures.runningAttempts),
    gaugeBy('epilogue_jobs', 'Jobs that a runner holds, by phase.', 'phase', phases),
    gauge('epilogue_outbox_effects', 'Effects that are to be worked off.', figures.outbox),
    gauge('epilogue_outbox_lag_seconds', 'How long the oldest effect has been due.', secondsSince(dueSince)),
    gauge('epilogue_outbox_most_tries', 'How often the most stubborn of them was tried.', figures.mostTries),
    gaugeBy('epilogue_obligations', owed, 'state', states),
  ];
}
