import { may } from '../../api/identity.ts';
import { Notice } from '../../parts/notice.tsx';
import { address, withQuery } from '../../router/address.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { FirstPush, useFirstPipeline } from '../start/first-push.tsx';
import { FILTERS, Filters } from './filters.tsx';
import { NewRows, useHeldBack } from './new-rows.tsx';
import { PipelineRow } from './pipeline-row.tsx';
import { type Rows, useRows } from './use-rows.ts';
import './pipelines.css';

/** The pipelines of a project, live, the newest first. */
export default function Pipelines({ params: { project }, query }: ViewProps<'project'>) {
  const asked = new URLSearchParams();
  for (const name of [...FILTERS, 'page']) {
    const value = query.get(name);
    if (value !== null) asked.set(name, value);
  }
  const heard = useRows(project, asked.toString());
  // Of the newest one: that is what a glance at the tab is for.
  useTitle(`Pipelines · ${project}`, (heard.kind === 'rows' ? heard.rows[0]?.status : null) ?? null);
  const isFiltered = [...FILTERS, 'page'].some((name) => query.has(name));
  const rows = heard.kind === 'rows' && !isFiltered ? heard.rows : null;
  useFirstPipeline(project, rows?.length ?? null, rows?.[0]?.id ?? null);
  if (heard.kind === 'refused') return <Notice isWhole title="These pipelines cannot be shown" />;
  return (
    <div class="pipelines">
      <header>
        <h1>Pipelines</h1>
        <Filters />
        {may('repository.read') && (
          <a class="button" href={`/${project}/-/ci/editor`}>
            CI editor
          </a>
        )}
        {may('pipeline.run') && (
          <a class="button main" href={`/${project}/-/pipelines/new`}>
            Run pipeline
          </a>
        )}
      </header>
      {heard.kind === 'rows' && <List project={project} isFiltered={isFiltered} {...heard} />}
    </div>
  );
}

interface ListProps extends Rows {
  readonly project: string;
  readonly isFiltered: boolean;
}

function List({ project, isFiltered, rows, hasMore, now }: ListProps) {
  const { shown, held, show } = useHeldBack(rows);
  if (rows.length === 0) {
    if (isFiltered) {
      return <Notice title="No pipeline matches" action={<a href={`/${project}/-/pipelines`}>Show all pipelines</a>} />;
    }
    return <FirstPush project={project} />;
  }
  return (
    <>
      <NewRows count={held} onShow={show} />
      <ul class="plain" aria-label="Pipelines">
        {shown.map((row) => (
          <PipelineRow key={row.id} project={project} row={row} now={now} />
        ))}
      </ul>
      <Pager hasMore={hasMore} />
    </>
  );
}

function Pager({ hasMore }: { readonly hasMore: boolean }) {
  const page = Number(address.value.query.get('page') ?? 1);
  if (page === 1 && !hasMore) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {page > 1 && <a href={withQuery({ page: page === 2 ? null : String(page - 1) })}>Newer</a>}
      <span class="soft">Page {page}</span>
      {hasMore && <a href={withQuery({ page: String(page + 1) })}>Older</a>}
    </nav>
  );
}
