import { useAnswer } from '../../api/use-answer.ts';
import { Notice } from '../../parts/notice.tsx';
import { useWatch } from '../../state/stream.ts';
import { useTitle } from '../../state/title.ts';
import { OBLIGATION_WORDS, type ObligationState } from '../../words/obligation.ts';
import { addressWith } from './address-with.ts';
import { ObligationRow } from './obligation-row.tsx';
import { Sums } from './sums.tsx';
import './obligations.css';

interface ObligationsProps {
  /** Null: of all. */
  readonly project: string | null;
  /** `state`, `settled`, `cursor`. */
  readonly query: URLSearchParams;
}

const STATES = Object.keys(OBLIGATION_WORDS) as readonly ObligationState[];

/** The proof that cleanups run: how many were met, and each that was not, with its story. */
export function ObligationsOf({ project, query }: ObligationsProps) {
  useTitle(project === null ? 'All obligations' : `Obligations · ${project}`);
  const state = STATES.find((each) => each === query.get('state'));
  const settled = query.get('settled') === 'true';
  const cursor = Number(query.get('cursor')) || undefined;
  const asked = { per_page: 50, settled, ...(state && { state: [state] }), ...(cursor && { cursor }) };
  const list = useList(project, asked);
  const sums = useSums(project);
  useWatch(project === null ? 'obligations' : `obligations:${project}`, (event, _news) => {
    if (event !== 'obligations') return;
    list.again();
    sums.again();
  });
  if (list.result === null) return null;
  if (!list.result.ok) return <Notice title="The obligations cannot be shown">{list.result.problem.message}</Notice>;
  const { value } = list.result;
  const next = value.length === 50 ? value.at(-1)?.job_id : undefined;
  return (
    <>
      <h1>{project === null ? 'All obligations' : 'Obligations'}</h1>
      {sums.result?.ok === true && <Sums sums={sums.result.value} query={query} />}
      {value.length === 0 ? (
        <Nothing isFiltered={state !== undefined || cursor !== undefined} />
      ) : (
        <ul class="plain obligations">
          {value.map((each) => (
            <ObligationRow key={each.job_id} obligation={each} isOfAll={project === null} onSettled={list.again} />
          ))}
        </ul>
      )}
      {next !== undefined && (
        <p>
          <a href={addressWith(query, 'cursor', String(next))}>Older</a>
        </p>
      )}
    </>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Notice title="None of these">Nothing of this kind waits for anybody.</Notice>;
  return (
    <Notice title="Nothing is owed">
      Every cleanup that began has ended well, or somebody has seen to what it left.
    </Notice>
  );
}

type Asked = { readonly per_page: number; readonly settled: boolean; readonly state?: readonly ObligationState[] };

function useList(project: string | null, query: Asked) {
  // Which of the two it is does not change while the view is there.
  if (project === null) return useAnswer('GET /api/v4/obligations', { query });
  return useAnswer('GET /api/v4/projects/:id/obligations', { params: { id: project }, query });
}

function useSums(project: string | null) {
  if (project === null) return useAnswer('GET /api/v4/obligations/sums', {});
  return useAnswer('GET /api/v4/projects/:id/obligations/sums', { params: { id: project } });
}
