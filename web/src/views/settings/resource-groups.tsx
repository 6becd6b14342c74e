import { type AnswerOf, call } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { useAsk } from '../../lists/use-ask.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';

type Group = AnswerOf<'GET /api/v4/projects/:id/resource_groups'>[number];
type Mode = Group['process_mode'];

const MODE_WORDS: Readonly<Record<Mode, string>> = {
  unordered: 'in any order',
  oldest_first: 'the oldest pipeline first',
  newest_first: 'the newest pipeline first',
  newest_ready_first: 'the newest that is ready first',
};

/** What jobs with `resource_group` wait for, and in which order they get it. */
export function ResourceGroups({ project }: { readonly project: string }) {
  const { result, again } = useAnswer('GET /api/v4/projects/:id/resource_groups', {
    params: { id: project },
    query: { per_page: 100 },
  });
  if (result?.ok === true && result.value.length === 0) return null;
  return (
    <section aria-label="Resource groups">
      <h2>Resource groups</h2>
      <p class="soft">One job at a time has a group; the others wait, and get it in this order.</p>
      {result !== null && !result.ok && <Notice title="The groups cannot be shown">{result.problem.message}</Notice>}
      <ul class="plain">
        {result?.ok === true &&
          result.value.map((group) => <GroupRow key={group.id} group={group} project={project} again={again} />)}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly group: Group;
  readonly project: string;
  readonly again: () => void;
}

function GroupRow({ group: { key, process_mode: mode }, project, again }: RowProps) {
  const { isAsking, refusal, ask } = useAsk();
  const change = async (select: HTMLSelectElement): Promise<void> => {
    const params = { id: project, key };
    const body = { process_mode: select.value as Mode };
    const done = await ask(() => call('PUT /api/v4/projects/:id/resource_groups/:key', { params, body }));
    if (done === null) select.value = mode;
    again();
  };
  return (
    <li class="one-line">
      <code>
        <Name text={key} />
      </code>
      {may('resource_group.manage') ? (
        <select
          aria-label={`Order of ${key}`}
          value={mode}
          disabled={isAsking}
          onChange={(event) => void change(event.currentTarget)}
        >
          {Object.entries(MODE_WORDS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      ) : (
        <span class="soft">{MODE_WORDS[mode]}</span>
      )}
      {refusal !== null && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </li>
  );
}
