import type { JobRecord, PipelineRecord } from '../../../store/index.ts';
import type { Bridge, FullJob } from '../schemas/job.ts';
import type { FullPipeline } from '../schemas/pipeline.ts';
import { webUrl } from '../shapes/show-common.ts';

interface Place {
  readonly fullPath: string;
  readonly base: string;
}

export function writePipelines(found: readonly PipelineRecord[], place: Place): string {
  const lines = found.map(({ id, status, ref }) => `${status.padEnd(10)} ${ref}  ${web(place, `pipelines/${id}`)}`);
  const list = lines.length === 0 ? ['none so far'] : lines;
  return page(`pipelines of ${place.fullPath}, the newest first`, list, [['JSON', api(place, 'pipelines')]]);
}

export function writePipeline(
  pipeline: FullPipeline,
  jobs: readonly (JobRecord & { readonly stuck: FullJob['stuck'] })[],
  place: Place,
): string {
  const { id, status, ref, sha, yaml_errors, teardown, cleanups } = pipeline;
  const forced = teardown?.forced_by == null ? '' : `, forced by ${teardown.forced_by}`;
  const owed = Object.entries(cleanups).filter(([, count]) => count > 0);
  const own = `pipelines/${id}`;
  return page(
    `pipeline ${id} of ${place.fullPath}: ${status}`,
    [
      `${ref}, commit ${sha.slice(0, 8)}`,
      ...(teardown === null ? [] : [`${teardown.cause} by ${teardown.requested_by}${forced}`]),
      ...(owed.length === 0 ? [] : [`cleanups: ${owed.map(([how, count]) => `${count} ${how}`).join(', ')}`]),
      ...(yaml_errors?.split('\n') ?? []),
      '',
      ...jobs.flatMap(({ id: job, name, state, stuck }) => [
        `${state.status.padEnd(10)} ${name}  ${web(place, `jobs/${job}`)}`,
        ...(stuck === null ? [] : [`           waits: ${stuck.message}`]),
      ]),
    ],
    [
      ['JSON', api(place, own)],
      ['its jobs', api(place, `${own}/jobs`)],
      ['live', api(place, `${own}/events`)],
    ],
  );
}

export function writeJob(job: FullJob | Bridge, place: Place): string {
  const { id, name, status, phase, stage, ref, teardown, cleanup } = job;
  const own = `jobs/${id}`;
  const isScript = 'stuck' in job;
  return page(
    `job ${id} of ${place.fullPath}, ${name}: ${status}${phase === null ? '' : ` (${phase})`}`,
    [
      `stage ${stage}, ${ref}`,
      `pipeline ${job.pipeline.id}  ${job.pipeline.web_url}`,
      ...(job.failure_reason === undefined ? [] : [`failed: ${job.failure_reason}`]),
      ...(isScript && job.stuck !== null ? [`waits: ${job.stuck.message}`] : []),
      ...teardownLines(teardown),
      ...(cleanup === null ? [] : [`cleanup: ${cleanup.outcome ?? 'owed'}`]),
    ],
    [
      ['JSON', api(place, own)],
      ...(isScript
        ? ([
            ['log', api(place, `${own}/trace`)],
            ['live log', api(place, `${own}/trace/events`)],
          ] as const)
        : []),
    ],
  );
}

function teardownLines(teardown: FullJob['teardown']): readonly string[] {
  if (teardown === null) return [];
  const { cause, requested_by, deadline, forced_by } = teardown;
  const parts = [
    `teardown: ${cause}`,
    ...(requested_by === null ? [] : [`asked for by ${requested_by}`]),
    ...(forced_by === null ? [] : [`forced by ${forced_by}`]),
    ...(deadline === null ? [] : [`until ${deadline} at most`]),
  ];
  return [parts.join(', ')];
}

function page(title: string, lines: readonly string[], links: readonly (readonly [string, string])[]): string {
  const more = links.map(([what, where]) => `${what.padEnd(10)} ${where}`);
  return `${[title, '', ...lines, '', ...more].join('\n')}\n`;
}

function web({ base, fullPath }: Place, rest: string): string {
  return webUrl(base, fullPath, rest);
}

function api({ base, fullPath }: Place, rest: string): string {
  return `${base}/api/v4/projects/${encodeURIComponent(fullPath)}/${rest}`;
}
