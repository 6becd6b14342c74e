import { histogramSamples, type Metric, type Sample } from '../../base/index.ts';
import { DURATION_BOUNDS, type RouteFigures } from '../http/index.ts';

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
  const count = [...statuses.values()].reduce((sum, each) => sum + each, 0);
  return histogramSamples({ method, route }, { bounds: DURATION_BOUNDS, within, count, sum: seconds });
}
