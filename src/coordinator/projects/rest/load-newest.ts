import { countCleanups, type Db, listLines, listNewestPipelines, type ProjectRecord } from '../../../store/index.ts';
import type { StoredFacts } from '../../pipelines/create/stored-facts.ts';
import { cleanupsOf } from '../../rest/pipelines/load-rows.ts';
import { showBasicPipeline } from '../../rest/shapes/show-pipeline.ts';
import type { NewestPipeline } from './project-schemas.ts';

/** How each project stands: its newest pipeline, by project; as many statements whatever their number. Cleanups of its children are counted. */
export async function loadNewest(
  db: Db,
  projects: readonly ProjectRecord[],
  base: string,
): Promise<ReadonlyMap<number, NewestPipeline>> {
  const newest = await listNewestPipelines(
    db,
    projects.map(({ id }) => id),
  );
  const lines = await listLines(
    db,
    [...newest.values()].map(({ id }) => id),
  );
  const counts = await countCleanups(
    db,
    [...lines.values()].flatMap(({ ids }) => ids),
  );
  const shown = new Map<number, NewestPipeline>();
  for (const project of projects) {
    const pipeline = newest.get(project.id);
    if (pipeline === undefined) continue;
    const below = new Set(lines.get(pipeline.id)?.ids);
    shown.set(project.id, {
      ...showBasicPipeline(pipeline, { project, base }),
      title: (pipeline.facts as StoredFacts).commit.title,
      cleanups: cleanupsOf(counts.filter(({ pipelineId }) => below.has(pipelineId))),
    });
  }
  return shown;
}
