import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import './artifacts.css';

const PER_PAGE = 100;

/** What lies in a folder of a job's archive. Files are saved and never shown here: a job's files are nobody's page. */
export default function Artifacts({ params, query }: ViewProps<'project' | 'job' | 'rest'>) {
  const folder = params.rest.replace(/\/+$/, '');
  const page = Number(query.get('page') ?? 1);
  const { result } = useAnswer('GET /api/v4/projects/:id/jobs/:job_id/artifacts/tree', {
    params: { id: params.project, job_id: Number(params.job) },
    query: { path: folder, page, per_page: PER_PAGE },
  });
  useTitle(`Artifacts of job #${params.job}`);
  if (result === null) return null;
  if (!result.ok) return <Notice title="The artifacts cannot be shown">{result.problem.message}</Notice>;
  const job = `/${params.project}/-/jobs/${params.job}`;
  const api = `/api/v4/projects/${encodeURIComponent(params.project)}/jobs/${params.job}/artifacts`;
  const isMore = (result.headers.get('x-next-page') ?? '') !== '';
  return (
    <article class="artifacts">
      <header>
        <h1>Artifacts</h1>
        <a class="button" href={api} download>
          Download all
        </a>
      </header>
      <Path job={job} id={params.job} folder={folder} />
      {result.value.length === 0 && <Notice title="Nothing is in this folder" />}
      <table>
        <thead>
          <tr>
            <th>Name</th>
            <th class="number">Bytes</th>
          </tr>
        </thead>
        <tbody>
          {result.value.map(({ name, path, type, size }) => (
            <tr key={path}>
              <td>
                {type === 'directory' ? (
                  <a href={`${job}/artifacts/browse/${addressed(path)}`}>
                    <Name text={`${name}/`} />
                  </a>
                ) : (
                  <a href={`${api}/${addressed(path)}`} download>
                    <Name text={name} />
                  </a>
                )}
              </td>
              <td class="number">{type === 'directory' ? '' : size.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {(page > 1 || isMore) && (
        <nav aria-label="Pages">
          {page > 1 && <a href={`?page=${page - 1}`}>Before</a>} {isMore && <a href={`?page=${page + 1}`}>Next</a>}
        </nav>
      )}
    </article>
  );
}

interface PathProps {
  /** Its address. */
  readonly job: string;
  readonly id: string;
  readonly folder: string;
}

function Path({ job, id, folder }: PathProps) {
  return (
    <nav aria-label="Folder">
      <a href={job}>job #{id}</a> / <a href={`${job}/artifacts/browse/`}>top</a>
      {stepsOf(folder).map(({ name, path }) => (
        <span key={path}>
          {' / '}
          <a href={`${job}/artifacts/browse/${addressed(path)}`}>
            <Name text={name} />
          </a>
        </span>
      ))}
    </nav>
  );
}

function stepsOf(folder: string): readonly { readonly name: string; readonly path: string }[] {
  const names = folder === '' ? [] : folder.split('/');
  return names.map((name, at) => ({ name, path: names.slice(0, at + 1).join('/') }));
}

function addressed(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
