import type { ListedRunner } from '../../../generated/routes.ts';
import { may } from '../../api/identity.ts';
import { useList } from '../../lists/use-list.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { NewRunner } from './new-runner.tsx';
import { RunnerTable } from './runner-table.tsx';

/** The runners that a project may use; whoever may, makes one, pauses one, ends a quarantine. */
export default function Runners({ params, query }: ViewProps<'project'>) {
  useTitle('Runners');
  const list = useList('GET /api/v4/projects/:id/runners', { params: { id: params.project } }, query);
  const mayManage = may('runner.manage');
  const isMine = (runner: ListedRunner): boolean => mayManage && !runner.is_shared;
  return (
    <div class="lists">
      <h1>Runners</h1>
      {mayManage && <NewRunner kind="project_type" project={params.project} onMade={list.again} />}
      <RunnerTable list={list} mayManage={isMine} />
    </div>
  );
}
