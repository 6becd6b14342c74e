import { DURATION_BOUNDS, type RouteFigures } from '../http/index.ts';
import type { Metric, Sample } from './metric-text.ts';

/** What this process has answered, by route, method and status; how long it took, by route and method. */
export function requestMetrics(figures: readonly RouteFigures[]): readonly Metric[] {
  return [
    {
      name: 'epilogue_http_requests_total',
      help: 'Requests that are over; 499 where the client left before there was an answer.',
      type: 'counter',
      samples: figures.flatMap(({ method, route, statuses }) =>
        [...statuses].map(([status, value]) => ({ labels: { method, route, status: String(status) }, value })),
      ),
    },
    {
      name: 'epilogue_http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer; requests for work and streams are held.',
      type: 'histogram',
      samples: figures.flatMap(durations),
    },
  ];
}

function durations({ method, route, statuses, within, seconds }: RouteFigures): readonly Sample[] {
  const labels = { method, route };
  const count = [...statuses.values()].reduce((sum, each) => sum + each, 0);
  const bucket = (le: string, value: number): Sample => ({ suffix: '_bucket', labels: { ...labels, le }, value });
  return [
    ...DURATION_BOUNDS.map((bound, at) => bucket(String(bound), within[at] ?? 0)),
    bucket('+Inf', count),
    { suffix: '_sum', labels, value: seconds },
    { suffix: '_count', labels, value: count },
  ];
}
