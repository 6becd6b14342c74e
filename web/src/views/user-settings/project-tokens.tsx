import { call } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { SettingsNav } from '../../lists/settings-nav.tsx';
import { useList } from '../../lists/use-list.ts';
import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import type { Level } from '../members/roles.ts';
import { NewToken } from './new-token.tsx';
import { TokenTable } from './token-table.tsx';
import './user-settings.css';

const AT = '/api/v4/projects/:id/access_tokens';

/** Tokens that open one project alone. */
export default function ProjectTokens({ params: { project }, query }: ViewProps<'project'>) {
  useTitle('Access tokens');
  const params = { id: project };
  const list = useList(`GET ${AT}`, { params, query: { state: 'active' } }, query);
  if (!may('token.project')) {
    return (
      <Notice isWhole title="The access tokens cannot be shown">
        That takes a maintainer of the project.
      </Notice>
    );
  }
  return (
    <section class="lists user-settings">
      <SettingsNav project={project} />
      <h1>Access tokens</h1>
      <p class="soft">
        For programs that work on this project, and on no other. They act for whoever made them, up to their role.
      </p>
      <NewToken
        isOfProject
        make={({ access_level: level, ...body }) =>
          call(`POST ${AT}`, { params, body: { ...body, access_level: level as Level } })
        }
        onMade={list.again}
      />
      <h2>Active</h2>
      <TokenTable
        list={list}
        isOfProject
        revoke={(id) => call(`DELETE ${AT}/:token_id`, { params: { id: project, token_id: id } })}
      />
    </section>
  );
}
