import type { ListedRunner } from '../../../generated/routes.ts';
import { may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { NewRunner } from './new-runner.tsx';
import { RunnerTable } from './runner-table.tsx';

/** The runners that a project may use; whoever may, makes one, pauses one, ends a quarantine. */
export default function Runners({ params, query }: ViewProps<'project'>) {
  useTitle('Runners');
  const page = Number(query.get('page') ?? 1);
  const { result, again } = useAnswer('GET /api/v4/projects/:id/runners', {
    params: { id: params.project },
    query: { page, per_page: 50 },
  });
  const mayManage = may('runner.manage');
  const isMine = (runner: ListedRunner): boolean => mayManage && !runner.is_shared;
  return (
    <>
      <h1>Runners</h1>
      {mayManage && <NewRunner kind="project_type" project={params.project} onMade={again} />}
      <RunnerTable result={result} mayManage={isMine} again={again} />
    </>
  );
}
