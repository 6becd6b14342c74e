import { readdirSync } from 'node:fs';
import { gauge, type Metric } from './metric-text.ts';

/** Under the names that Prometheus's own libraries use where they have one. */
export function processMetrics(): readonly Metric[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const descriptors = openDescriptors();
  return [
    gauge('process_resident_memory_bytes', 'Memory of this process.', rss),
    gauge('nodejs_heap_size_used_bytes', 'What of it is the heap of the program.', heapUsed),
    gauge('process_uptime_seconds', 'Since this process was started.', process.uptime()),
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time of this process.',
      type: 'counter',
      samples: [{ labels: {}, value: (user + system) / 1e6 }],
    },
    ...(descriptors === null ? [] : [gauge('process_open_fds', 'Files and connections that are open.', descriptors)]),
  ];
}

/** Null where the system does not say. */
function openDescriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
