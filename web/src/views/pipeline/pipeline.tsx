import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { STATUS_WORDS } from '../../words/status.ts';
import { PipelineGraph } from './graph.tsx';
import { JobTable } from './job-table.tsx';
import { PipelineHead } from './pipeline-head.tsx';
import { isOver, type Pipeline } from './pipeline-job.ts';
import { PipelineStrip } from './pipeline-strip.tsx';
import { type PipelineState, usePipeline } from './use-pipeline.ts';
import './pipeline.css';

/** One pipeline, live: its graph, its jobs, those that failed. */
export default function PipelineView({ params, query }: ViewProps<'project' | 'pipeline'>) {
  const state = usePipeline(params.project, Number(params.pipeline));
  const { asked, told } = state;
  const pipeline = told ?? (asked.result?.ok === true ? asked.result.value : null);
  const word = pipeline === null ? '' : `${STATUS_WORDS[pipeline.status].word}: `;
  useTitle(`${word}#${params.pipeline} · ${params.project}`);
  if (pipeline === null) {
    if (asked.result === null || asked.result.ok) return null;
    return <Notice title={`Pipeline #${params.pipeline} cannot be shown`}>{asked.result.problem.message}</Notice>;
  }
  const may = asked.result?.ok === true ? (asked.result.value.may ?? []) : [];
  const usual = asked.result?.ok === true ? (asked.result.value.expected_duration ?? null) : null;
  const byNeeds = query.get('by') === 'needs';
  return (
    <article class="pipeline">
      <PipelineHead pipeline={pipeline} project={params.project} may={may} />
      <Progress pipeline={pipeline} state={state} usual={usual} />
      <PipelineStrip pipeline={pipeline} jobs={[...state.jobs.values()]} />
      {pipeline.yaml_errors !== null && <pre class="problems">{pipeline.yaml_errors}</pre>}
      <Tabs at={`/${params.project}/-/pipelines/${params.pipeline}`} state={state} byNeeds={byNeeds} />
      <Shown project={params.project} state={state} by={byNeeds ? 'needs' : 'stage'} />
    </article>
  );
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
        {done} of {state.jobs.size} jobs
        {usual !== null && `, usually ${Math.max(1, Math.round(usual / 60))} min in all`}
      </span>
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
  const tabs = [
    { to: at, word: 'Graph' },
    { to: `${at}/builds`, word: `Jobs ${state.jobs.size}` },
    { to: `${at}/failures`, word: `Failed jobs ${failed}` },
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
    return <JobTable jobs={failed} graph={graph} at={at} empty="No job has failed" />;
  }
  if (state.graph.result?.ok === false)
    return <Notice title="The graph cannot be shown">{state.graph.result.problem.message}</Notice>;
  if (graph === null) return null;
  return <PipelineGraph graph={graph} jobs={state.jobs} by={by} at={at} />;
}
