import { useComputed, useSignal } from '@preact/signals';
import { useMemo, useRef, useState } from 'preact/hooks';
import { Name } from '../../parts/name.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { JobCard } from './job-card.tsx';
import { arrangeByNeeds, arrangeByStage, type Column, waitsFor } from './layout/arrange.ts';
import { LeftOut } from './left-out.tsx';
import { NeedsLines } from './needs-lines.tsx';
import type { BriefJob, Graph } from './pipeline-job.ts';
import { mayPlay, usePipeline } from './use-pipeline.ts';

interface GraphProps {
  readonly graph: Graph;
  readonly jobs: ReadonlyMap<number, BriefJob>;
  readonly by: 'stage' | 'needs';
  /** Of the project, such as `/ana/shop`. */
  readonly at: string;
  readonly mayPlay: boolean;
  /** Of several graphs in a page, which this is; left out: the page's own. */
  readonly label?: string;
}

/** Columns of jobs; what one waits for is marked while it has the pointer or the focus. Below, the pipelines that it started. */
export function PipelineGraph({ graph, jobs, by, at, mayPlay, label = 'Jobs' }: GraphProps) {
  const frame = useRef<HTMLElement>(null);
  const pointed = useSignal<readonly number[]>([]);
  const near = useComputed(() => new Set(pointed.value.flatMap((position) => waitsFor(graph, position))));
  const columns = useMemo(
    () => (by === 'needs' ? arrangeByNeeds(graph, jobs) : arrangeByStage(graph, jobs)),
    [graph, jobs, by],
  );
  const mark = (positions: readonly number[]): void => {
    pointed.value = positions;
  };
  const shared = { at, graph, mayPlay, near, onNear: mark };
  const children = [...jobs.values()].filter(({ downstream_pipeline_id: child }) => child !== null);
  return (
    <>
      <section class="graph" aria-label={label} ref={frame}>
        <NeedsLines frame={frame} graph={graph} pointed={pointed} />
        {columns.map((column) => (
          <section class="column" key={column.title}>
            <h2>
              <Name text={column.title} fit />
            </h2>
            <ul class="plain">
              {column.cards.map((card) => (
                <JobCard key={card.jobs[0]?.position} card={card} {...shared} />
              ))}
            </ul>
            <Folded column={column} {...shared} />
          </section>
        ))}
      </section>
      <LeftOut graph={graph} />
      {children.map((bridge) => (
        <ChildPipeline key={bridge.downstream_pipeline_id} bridge={bridge} by={by} at={at} />
      ))}
    </>
  );
}

interface FoldedProps extends Omit<Parameters<typeof JobCard>[0], 'card'> {
  readonly column: Column;
}

/** Its cards are there once somebody looks at them. */
function Folded({ column, ...rest }: FoldedProps) {
  const [isOpen, setOpen] = useState(false);
  if (column.folded.length === 0) return null;
  return (
    <details class="folded" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{column.folded.length} succeeded</summary>
      {isOpen && (
        <ul class="plain">
          {column.folded.map((card) => (
            <JobCard key={card.jobs[0]?.position} card={card} {...rest} />
          ))}
        </ul>
      )}
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
  const { asked, graph, jobs } = usePipeline(at.slice(1), id);
  if (graph.result === null) return null;
  if (!graph.result.ok) return <p class="soft">{graph.result.problem.message}</p>;
  const shared = { jobs, by, at, mayPlay: mayPlay(asked) };
  return <PipelineGraph graph={graph.result.value} label={`Jobs of pipeline #${id}`} {...shared} />;
}
