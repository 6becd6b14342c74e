import type { AnswerOf } from '../../api/call.ts';
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
      {result.value.length === 0 ? <Notice title="No project yet" /> : <ProjectTable projects={result.value} />}
    </>
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
