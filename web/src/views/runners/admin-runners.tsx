import { identity } from '../../api/identity.ts';
import { useList } from '../../lists/use-list.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { NewRunner } from './new-runner.tsx';
import { RunnerTable } from './runner-table.tsx';

/** All runners, for administrators. */
export default function AdminRunners({ query }: ViewProps) {
  useTitle('Runners');
  const list = useList('GET /api/v4/runners/all', {}, query);
  const isAdministrator = identity.value?.user?.is_admin === true;
  return (
    <div class="lists">
      <h1>Runners</h1>
      {isAdministrator && <NewRunner kind="instance_type" project={null} onMade={list.again} />}
      <RunnerTable list={list} mayManage={() => isAdministrator} />
    </div>
  );
}
