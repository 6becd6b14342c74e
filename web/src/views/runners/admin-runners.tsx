import { identity } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { NewRunner } from './new-runner.tsx';
import { RunnerTable } from './runner-table.tsx';

/** All runners, for administrators. */
export default function AdminRunners({ query }: ViewProps) {
  useTitle('Runners');
  const page = Number(query.get('page') ?? 1);
  const { result, again } = useAnswer('GET /api/v4/runners/all', { query: { page, per_page: 50 } });
  const isAdministrator = identity.value?.user?.is_admin === true;
  return (
    <>
      <h1>Runners</h1>
      {isAdministrator && <NewRunner kind="instance_type" project={null} onMade={again} />}
      <RunnerTable result={result} mayManage={() => isAdministrator} again={again} />
    </>
  );
}
