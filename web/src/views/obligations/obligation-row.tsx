import { useState } from 'preact/hooks';
import { may, mayHere } from '../../api/identity.ts';
import { Name } from '../../parts/name.tsx';
import { Broom } from '../../parts/teardown/cleanup-mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { lateStoryOf, OBLIGATION_WORDS, type Obligation, storyOf } from '../../words/obligation.ts';
import { Settle } from './settle.tsx';
import { TimeLeft } from './time-left.tsx';
import '../../parts/status-icon.css';

interface RowProps {
  readonly obligation: Obligation;
  /** The project is said, too. */
  readonly isOfAll: boolean;
  readonly onSettled: () => void;
}

export function ObligationRow({ obligation, isOfAll, onSettled }: RowProps) {
  const [isAsking, setAsking] = useState(false);
  const { state, job_id, job_name, project_path, ref, settled, teardown } = obligation;
  const { word, hue } = OBLIGATION_WORDS[state];
  const job = `/${project_path}/-/jobs/${job_id}`;
  const late = lateStoryOf(obligation);
  const maySettle =
    state !== 'open' && settled === null && (may('obligation.settle') || mayHere('obligation.read_all'));
  return (
    <li>
      <span class="status-word" data-hue={settled === null ? hue : 'faint'}>
        <Broom isHollow={state === 'lost'} />
        {word}
      </span>
      <div class="obligation-job">
        {isOfAll && (
          <a class="soft" href={`/${project_path}/-/obligations`}>
            <Name text={project_path} fit />
          </a>
        )}
        <a href={job}>
          <Name text={job_name} fit /> <span class="number">#{job_id}</span>
        </a>
        <span class="soft">
          <Name text={ref} fit />
        </span>
      </div>
      <div class="obligation-story">
        <p>
          {storyOf(obligation)} {state === 'open' && teardown?.deadline != null && <TimeLeft teardown={teardown} />}
          <When obligation={obligation} />
        </p>
        {late !== null && <p>{late}</p>}
        {settled !== null && (
          <p class="soft">
            Seen to by <Name text={settled.by} /> <Ago at={settled.at} />: {settled.reason}
          </p>
        )}
        {isAsking && <Settle obligation={obligation} onDone={onSettled} onCancel={() => setAsking(false)} />}
      </div>
      <div class="obligation-actions">
        <a class="button" href={job}>
          Log
        </a>
        {maySettle && !isAsking && (
          <button type="button" onClick={() => setAsking(true)}>
            Mark as done…
          </button>
        )}
      </div>
    </li>
  );
}

function When({ obligation: { started_at, finished_at } }: { readonly obligation: Obligation }) {
  const at = finished_at ?? started_at;
  if (at === null) return null;
  return (
    <span class="soft">
      {finished_at === null ? 'Began' : 'Ended'} <Ago at={at} />.
    </span>
  );
}
