import { type LoadFigures, OBLIGATION_KINDS, readLoadFigures } from '../../store/index.ts';
import { type Route, route, text } from '../http/index.ts';
import type { Parts } from '../parts.ts';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** By labels, as they are written: '' for none. */
  readonly values: Readonly<Record<string, number>>;
}

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

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
      handle: async () => {
        const { figures, now } = await parts.store.read(async (db) => ({
          figures: await readLoadFigures(db),
          now: db.now(),
        }));
        return text([...ofDatabase(figures, now), ...ofProcess(parts)].map(written).join(''), PROMETHEUS);
      },
    }),
  ];
}

/** Replicas that share a database tell the same. */
function ofDatabase(figures: LoadFigures, now: number): readonly Metric[] {
  const { waitingSince, obligations } = figures;
  const waited = waitingSince === null ? 0 : Math.max(0, now - waitingSince) / 1000;
  const states = OBLIGATION_KINDS.map((kind) => [`{state="${kind}"}`, obligations[kind] ?? 0] as const);
  return [
    gauge('epilogue_queue_jobs', 'Jobs that wait for a runner.', figures.waitingJobs),
    gauge('epilogue_queue_cleanups', 'Cleanups of lost runners that wait for another one.', figures.waitingCleanups),
    gauge('epilogue_queue_oldest_seconds', 'How long the oldest of both has waited.', waited),
    gauge('epilogue_running_attempts', 'Jobs and cleanups that a runner holds.', figures.runningAttempts),
    gauge('epilogue_outbox_effects', 'Effects that are to be worked off.', figures.outbox),
    gauge('epilogue_outbox_most_tries', 'How often the most stubborn of them was tried.', figures.mostTries),
    {
      name: 'epilogue_obligations',
      help: 'Cleanups that are open, and those that did not end well.',
      type: 'gauge',
      values: Object.fromEntries(states),
    },
  ];
}

function ofProcess({ version }: Pick<Parts, 'version'>): readonly Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    { ...gauge('epilogue_info', 'Always 1.', 1), values: { [`{version="${version}"}`]: 1 } },
    gauge('process_resident_memory_bytes', 'Memory of this process.', process.memoryUsage.rss()),
    gauge('process_uptime_seconds', 'Since this process was started.', process.uptime()),
    {
      ...gauge('process_cpu_seconds_total', 'Processor time of this process.', (user + system) / 1e6),
      type: 'counter',
    },
  ];
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', values: { '': value } };
}

function written({ name, help, type, values }: Metric): string {
  const lines = Object.entries(values).map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
