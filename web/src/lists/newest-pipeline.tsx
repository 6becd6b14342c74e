import type { NewestPipeline as Newest } from '../../generated/routes.ts';
import { Name } from '../parts/name.tsx';
import { StatusWord } from '../parts/status-icon.tsx';
import { Broom } from '../parts/teardown/cleanup-mark.tsx';
import { Ago } from '../parts/time.tsx';
import { cleanupsWords } from '../words/cleanups.ts';
import './lists.css';

interface NewestPipelineProps {
  /** Path of the project. */
  readonly project: string;
  readonly pipeline: Newest | null;
}

/** How a project stands: its newest pipeline in a line, what its cleanups left undone beside it. */
export function NewestPipeline({ project, pipeline }: NewestPipelineProps) {
  if (pipeline === null) return <span class="soft">none yet</span>;
  const bad = cleanupsWords(pipeline.cleanups);
  return (
    <div class="newest-pipeline">
      <StatusWord status={pipeline.status} />
      <a class="titled" href={`/${project}/-/pipelines/${pipeline.id}`}>
        <span class="number">#{pipeline.id}</span> <Name text={pipeline.title} fit />
      </a>
      <span class="soft">
        <Name text={pipeline.ref} fit />, <Ago at={pipeline.updated_at} />
      </span>
      {bad !== null && (
        <span class="left-undone" data-hue="bad">
          <Broom /> {bad}
        </span>
      )}
    </div>
  );
}
