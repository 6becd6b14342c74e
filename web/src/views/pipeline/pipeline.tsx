import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useEndNotice } from '../../state/notify.ts';
import { useTitle } from '../../state/title.ts';
import { STATUS_WORDS } from '../../words/status.ts';
import { usualWords } from '../../words/time.ts';
import { PipelineGraph } from './graph.tsx';
import { JobTable } from './job-table.tsx';
import { NotifySwitch } from './notify-switch.tsx';
import { PipelineHead } from './pipeline-head.tsx';
import { isOver, type Pipeline } from './pipeline-job.ts';
import { PipelineStrip } from './pipeline-strip.tsx';
import { mayPlay, type PipelineState, usePipeline } from './use-pipeline.ts';
import '../../parts/tabs.css';
import './pipeline.css';

/** One pipeline, live: its graph, its jobs, those that failed. */
export default function PipelineView({ params, query }: ViewProps<'project' | 'pipeline'>) {
  const state = usePipeline(params.project, Number(params.pipeline));
  const { asked, told } = state;
  const pipeline = told ?? (asked.result?.ok === true ? asked.result.value : null);
  const word = pipeline === null ? '' : `${STATUS_WORDS[pipeline.status].word}: `;
  useTitle(`${word}#${params.pipeline} · ${params.project}`, pipeline?.status ?? null);
  useEndNotice(
    pipeline && isOver(pipeline.status),
    `${word}#${params.pipeline} · ${params.project}`,
    pipeline?.name ?? pipeline?.title ?? '',
  );
  if (pipeline === null) {
    if (asked.result === null || asked.result.ok) return null;
    const isGone = asked.result.problem.status === 404;
    return (
      <Notice
        isWhole
        title={isGone ? `No pipeline #${params.pipeline}` : `Pipeline #${params.pipeline} cannot be shown`}
        action={<a href={`/${params.project}/-/pipelines`}>Pipelines</a>}
      >
        {isGone ? 'There is none at this address, or you may not see it.' : asked.result.problem.message}
      </Notice>
    );
  }
  const may = asked.result?.ok === true ? (asked.result.value.may ?? []) : [];
  const usual = asked.result?.ok === true ? (asked.result.value.expected_duration ?? null) : null;
  const byNeeds = query.get('by') === 'needs';
  const isHeard = areJobsHeard(state);
  return (
    <article class="pipeline">
      <PipelineHead pipeline={pipeline} project={params.project} may={may} />
      <Progress pipeline={pipeline} state={state} usual={usual} />
      {isHeard && <PipelineStrip pipeline={pipeline} jobs={[...state.jobs.values()]} />}
      {pipeline.yaml_errors !== null && <pre class="problems">{pipeline.yaml_errors}</pre>}
      <Tabs at={`/${params.project}/-/pipelines/${params.pipeline}`} state={state} byNeeds={byNeeds} />
      {isHeard && <Shown project={params.project} state={state} by={byNeeds ? 'needs' : 'stage'} />}
    </article>
  );
}

/** Until the stream has told the jobs, nothing is said of them: not that there are none either. */
function areJobsHeard({ jobs, graph: { result } }: PipelineState): boolean {
  return jobs.size > 0 || (result !== null && (!result.ok || result.value.jobs.length === 0));
}

interface ProgressProps {
  readonly pipeline: Pipeline;
  readonly state: PipelineState;
  /** s; null: none has succeeded yet. */
  readonly usual: number | null;
}

function Progress({ pipeline, state, usual }: ProgressProps) {
  if (isOver(pipeline.status) || state.jobs.size === 0) return null;
  const done = [...state.jobs.values()].filter(({ status }) => isOver(status)).length;
  return (
    <p class="progress">
      <progress aria-label="Jobs that have ended" value={done} max={state.jobs.size} />
      <span class="soft">
        {done} of {state.jobs.size} {state.jobs.size === 1 ? 'job' : 'jobs'}
        {usual !== null && `, ${usualWords(usual)} in all`}
      </span>
      <NotifySwitch />
    </p>
  );
}

interface TabsProps {
  /** Of the pipeline. */
  readonly at: string;
  readonly state: PipelineState;
  readonly byNeeds: boolean;
}

function Tabs({ at, state, byNeeds }: TabsProps) {
  const path = location.pathname;
  const failed = [...state.jobs.values()].filter(({ status }) => status === 'failed').length;
  const isHeard = areJobsHeard(state);
  const tabs = [
    { to: at, word: 'Graph' },
    { to: `${at}/builds`, word: isHeard ? `Jobs ${state.jobs.size}` : 'Jobs' },
    { to: `${at}/failures`, word: isHeard ? `Failed jobs ${failed}` : 'Failed jobs' },
  ];
  return (
    <nav class="tabs" aria-label="Pipeline">
      {tabs.map(({ to, word }) => (
        <a key={to} href={to} aria-current={path === to ? 'page' : undefined}>
          {word}
        </a>
      ))}
      {path === at && <a href={byNeeds ? at : `${at}?by=needs`}>{byNeeds ? 'By stage' : 'By needs'}</a>}
    </nav>
  );
}

interface ShownProps {
  readonly project: string;
  readonly state: PipelineState;
  readonly by: 'stage' | 'needs';
}

function Shown({ project, state, by }: ShownProps) {
  const path = location.pathname;
  const at = `/${project}`;
  const graph = state.graph.result?.ok === true ? state.graph.result.value : null;
  const jobs = [...state.jobs.values()].toSorted((one, other) => one.position - other.position);
  if (path.endsWith('/builds')) return <JobTable jobs={jobs} graph={graph} at={at} empty="It has no jobs" />;
  if (path.endsWith('/failures')) {
    const failed = jobs.filter(({ status }) => status === 'failed');
    return <JobTable jobs={failed} graph={graph} at={at} empty="No job has failed" areFailed />;
  }
  if (state.graph.result?.ok === false)
    return <Notice title="The graph cannot be shown">{state.graph.result.problem.message}</Notice>;
  if (graph === null) return null;
  return <PipelineGraph graph={graph} jobs={state.jobs} by={by} at={at} mayPlay={mayPlay(state.asked)} />;
}
