import { may } from '../../api/identity.ts';
import { Notice } from '../../parts/notice.tsx';
import { address, withQuery } from '../../router/address.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { FILTERS, Filters } from './filters.tsx';
import { PipelineRow } from './pipeline-row.tsx';
import { type Rows, useRows } from './use-rows.ts';
import './pipelines.css';

/** The pipelines of a project, live, the newest first. */
export default function Pipelines({ params: { project }, query }: ViewProps<'project'>) {
  useTitle(`Pipelines · ${project}`);
  const asked = new URLSearchParams();
  for (const name of [...FILTERS, 'page']) {
    const value = query.get(name);
    if (value !== null) asked.set(name, value);
  }
  const heard = useRows(project, asked.toString());
  if (heard.kind === 'refused') return <Notice isWhole title="These pipelines cannot be shown" />;
  const isFiltered = FILTERS.some((name) => query.has(name));
  return (
    <div class="pipelines">
      <header>
        <h1>Pipelines</h1>
        <Filters />
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
  if (rows.length === 0) {
    if (isFiltered) return <Notice title="No pipeline is like that" />;
    return <Notice title="No pipeline yet">A push with a .gitlab-ci.yml in it starts the first.</Notice>;
  }
  return (
    <>
      <ul class="plain" aria-label="Pipelines">
        {rows.map((row) => (
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
