import { useState } from 'preact/hooks';
import { Name } from '../../parts/name.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { JobCard } from './job-card.tsx';
import { arrangeByNeeds, arrangeByStage, type Column, waitsFor } from './layout/arrange.ts';
import type { BriefJob, Graph } from './pipeline-job.ts';
import { usePipeline } from './use-pipeline.ts';

interface GraphProps {
  readonly graph: Graph;
  readonly jobs: ReadonlyMap<number, BriefJob>;
  readonly by: 'stage' | 'needs';
  /** Of the project, such as `/ana/shop`. */
  readonly at: string;
}

/** Columns of jobs; what one waits for is marked while it has the pointer or the focus. Below, the pipelines that it started. */
export function PipelineGraph({ graph, jobs, by, at }: GraphProps) {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());
  const columns = by === 'needs' ? arrangeByNeeds(graph, jobs) : arrangeByStage(graph, jobs);
  const mark = (positions: readonly number[]): void =>
    setNear(new Set(positions.flatMap((position) => waitsFor(graph, position))));
  const children = [...jobs.values()].filter(({ downstream_pipeline_id: child }) => child !== null);
  return (
    <>
      <section class="graph" aria-label="Jobs">
        {columns.map((column) => (
          <section class="column" key={column.title}>
            <h2>
              <Name text={column.title} fit />
            </h2>
            <ul class="plain">
              {column.cards.map((card) => (
                <JobCard key={card.jobs[0]?.position} card={card} at={at} near={near} onNear={mark} />
              ))}
            </ul>
            <Folded column={column} at={at} />
          </section>
        ))}
      </section>
      {children.map((bridge) => (
        <ChildPipeline key={bridge.downstream_pipeline_id} bridge={bridge} by={by} at={at} />
      ))}
    </>
  );
}

function Folded({ column, at }: { readonly column: Column; readonly at: string }) {
  if (column.folded.length === 0) return null;
  const nobody: ReadonlySet<number> = new Set();
  return (
    <details class="folded">
      <summary>{column.folded.length} succeeded</summary>
      <ul class="plain">
        {column.folded.map((card) => (
          <JobCard key={card.jobs[0]?.position} card={card} at={at} near={nobody} onNear={() => {}} />
        ))}
      </ul>
    </details>
  );
}

interface ChildProps extends Pick<GraphProps, 'by' | 'at'> {
  readonly bridge: BriefJob;
}

/** The pipeline that a trigger job started, in place; it is watched while it is open. */
function ChildPipeline({ bridge, by, at }: ChildProps) {
  const [isOpen, setOpen] = useState(false);
  const id = bridge.downstream_pipeline_id ?? 0;
  return (
    <details class="child" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <StatusWord status={bridge.status} />
        <Name text={bridge.name} fit />
      </summary>
      <a class="button" href={`${at}/-/pipelines/${id}`}>
        Pipeline #{id}
      </a>
      {isOpen && <ChildGraph id={id} by={by} at={at} />}
    </details>
  );
}

function ChildGraph({ id, by, at }: { readonly id: number } & Pick<GraphProps, 'by' | 'at'>) {
  const { graph, jobs } = usePipeline(at.slice(1), id);
  if (graph.result === null) return null;
  if (!graph.result.ok) return <p class="soft">{graph.result.problem.message}</p>;
  return <PipelineGraph graph={graph.result.value} jobs={jobs} by={by} at={at} />;
}
