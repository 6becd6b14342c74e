import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';

export function ResourceGroups({ project }: { readonly project: string }) {
  const { result } = useAnswer('GET /api/v4/projects/:id/resource_groups', {
    params: { id: project },
    query: { per_page: 100 },
  });
  if (result?.ok === true && result.value.length === 0) return null;
  return (
    <section aria-label="Resource groups">
      <h2>Resource groups</h2>
      {result !== null && !result.ok && <Notice title="The groups cannot be shown">{result.problem.message}</Notice>}
      <ul class="plain">
        {result?.ok === true &&
          result.value.map(({ id, key, process_mode: mode }) => (
            <li key={id}>
              <Name text={key} />, {mode.replaceAll('_', ' ')}
            </li>
          ))}
      </ul>
    </section>
  );
}
