import type { AnswerOf } from '../../api/call.ts';
import { identity } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Ago } from '../../parts/time.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import './projects.css';

/** The projects that one may see. */
export default function Projects({ query }: ViewProps) {
  useTitle('Projects');
  const page = Number(query.get('page') ?? 1);
  const { result } = useAnswer('GET /api/v4/projects', { query: { page, per_page: 50 } });
  if (result === null) return null;
  if (!result.ok)
    return (
      <Notice isWhole title="The projects cannot be shown">
        {result.problem.message}
      </Notice>
    );
  return (
    <>
      <h1>Projects</h1>
      {result.value.length === 0 ? <NoProject /> : <ProjectTable projects={result.value} />}
    </>
  );
}

/** Signed out one sees those that are public; the way in is said here, because nobody else says it. */
function NoProject() {
  if (identity.value?.user != null)
    return <Notice title="No project yet">A push to an address of yours makes one.</Notice>;
  return (
    <Notice title="Nothing is public here" action={<a href="/users/sign_in">Sign in</a>}>
      The server printed a link when it started first, good once and for a day; later, on its machine,{' '}
      <code>epilogue admin user password</code> gives a password.
    </Notice>
  );
}

function ProjectTable({ projects }: { readonly projects: AnswerOf<'GET /api/v4/projects'> }) {
  return (
    <table class="projects">
      <thead>
        <tr>
          <th>Project</th>
          <th>Visibility</th>
          <th>Last activity</th>
        </tr>
      </thead>
      <tbody>
        {projects.map((project) => (
          <tr key={project.id}>
            <td>
              <a href={`/${project.path_with_namespace}`}>
                <Name text={project.path_with_namespace} />
              </a>
              <p class="soft">{project.description}</p>
            </td>
            <td>{project.visibility}</td>
            <td>
              <Ago at={project.last_activity_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
