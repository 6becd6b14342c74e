import type { AnswerOf } from '../../api/call.ts';
import { identity, mayHere } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Ago } from '../../parts/time.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { FirstPassword } from '../start/first-password.tsx';
import { NewProjectForm } from '../start/new-project.tsx';
import '../start/start.css';
import './projects.css';

/** The projects that one may see. */
export default function Projects({ query }: ViewProps) {
  useTitle('Projects');
  const page = Number(query.get('page') ?? 1);
  const user = identity.value?.user ?? null;
  const { result } = useAnswer('GET /api/v4/projects', { query: { page, per_page: 50 } });
  if (user !== null && !user.has_password) return <FirstPassword user={user} />;
  if (result === null) return null;
  if (!result.ok)
    return (
      <Notice isWhole title="The projects cannot be shown">
        {result.problem.message}
      </Notice>
    );
  return (
    <>
      <header class="projects-head">
        <h1>Projects</h1>
        {mayHere('project.create') && result.value.length > 0 && (
          <a class="button main" href="/projects/new">
            New project
          </a>
        )}
      </header>
      {result.value.length === 0 ? <NoProject /> : <ProjectTable projects={result.value} />}
    </>
  );
}

/** Signed out one sees those that are public; the way in is said here, because nobody else says it. */
function NoProject() {
  if (mayHere('project.create')) return <FirstProject />;
  if (identity.value?.user != null) return <Notice title="No project yet">You are a member of none.</Notice>;
  return (
    <Notice title="Nothing is public here" action={<a href="/users/sign_in">Sign in</a>}>
      The server printed a link when it first started, good once and for a day; later, on its machine,{' '}
      <code>epilogue admin user password</code> gives a password.
    </Notice>
  );
}

function FirstProject() {
  return (
    <section class="start">
      <h2>Make your first project</h2>
      <p>Then the lines for git are there to copy. A push to an address of yours makes a project, too.</p>
      <NewProjectForm />
    </section>
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
