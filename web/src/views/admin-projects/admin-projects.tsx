import type { ListedProject } from '../../../generated/routes.ts';
import { mayHere } from '../../api/identity.ts';
import { type Column, ListTable } from '../../lists/list-table.tsx';
import { NewestPipeline } from '../../lists/newest-pipeline.tsx';
import { useList } from '../../lists/use-list.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Ago } from '../../parts/time.tsx';
import { go, withQuery } from '../../router/address.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';

const COLUMNS: readonly Column<ListedProject>[] = [
  {
    head: 'Project',
    cell: ({ path_with_namespace: path, description, archived }) => (
      <>
        <a href={`/${path}`}>
          <Name text={path} />
        </a>
        {archived && <span class="soft"> archived</span>}
        {description !== '' && (
          <p class="soft">
            <Name text={description} />
          </p>
        )}
      </>
    ),
  },
  {
    head: 'Newest pipeline',
    cell: ({ path_with_namespace: path, newest_pipeline: pipeline }) => (
      <NewestPipeline project={path} pipeline={pipeline} />
    ),
  },
  { head: 'Visibility', cell: ({ visibility }) => visibility },
  { head: 'Last activity', cell: ({ last_activity_at: at }) => <Ago at={at} /> },
];

/** Every project there is, for administrators. */
export default function AdminProjects({ query }: ViewProps) {
  useTitle('All projects');
  const search = query.get('search') ?? '';
  const list = useList('GET /api/v4/projects', { query: search === '' ? {} : { search } }, query);
  if (!mayHere('obligation.read_all')) {
    return <Notice isWhole title="All projects are for administrators" action={<a href="/">Your projects</a>} />;
  }
  const empty = <Notice title={search === '' ? 'No project yet' : 'No project is called like that'} />;
  return (
    <div class="lists">
      <h1>All projects</h1>
      <search>
        <form
          class="one-line"
          onSubmit={(event) => {
            event.preventDefault();
            go(withQuery({ search: String(new FormData(event.currentTarget).get('search')), page: null }));
          }}
        >
          <label for="project-search">Name or path</label>
          <input id="project-search" key={search} name="search" type="search" defaultValue={search} />
          <button type="submit">Search</button>
        </form>
      </search>
      <ListTable list={list} what="projects" columns={COLUMNS} keyOf={({ id }) => id} empty={empty} />
    </div>
  );
}
