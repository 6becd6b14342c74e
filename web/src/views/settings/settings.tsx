import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { ResourceGroups } from './resource-groups.tsx';
import { Variables } from './variables.tsx';

/** What a project's jobs are given, and what they wait for. */
export default function Settings({ params }: ViewProps<'project'>) {
  useTitle('CI/CD settings');
  return (
    <>
      <h1>CI/CD settings</h1>
      <Variables project={params.project} />
      <ResourceGroups project={params.project} />
    </>
  );
}
