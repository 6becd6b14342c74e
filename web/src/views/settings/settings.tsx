import { may } from '../../api/identity.ts';
import { SettingsNav } from '../../lists/settings-nav.tsx';
import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { ResourceGroups } from './resource-groups.tsx';
import { Variables } from './variables.tsx';

/** What a project's jobs are given, and what they wait for. */
export default function Settings({ params: { project }, query }: ViewProps<'project'>) {
  useTitle('CI/CD settings');
  const mayRead = may('variable.read');
  if (!mayRead && !may('resource_group.read')) {
    return (
      <Notice isWhole title="These settings cannot be shown">
        Your role in this project may not see them.
      </Notice>
    );
  }
  return (
    <div class="lists">
      <SettingsNav project={project} />
      <h1>CI/CD settings</h1>
      {mayRead && <Variables project={project} query={query} />}
      {may('resource_group.read') && <ResourceGroups project={project} />}
    </div>
  );
}
