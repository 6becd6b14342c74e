import { useEffect, useRef, useState } from 'preact/hooks';
import { identity, may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { type CodeField, openField, type Schema } from '../../editor/index.ts';
import { Notice } from '../../parts/notice.tsx';
import { go, withQuery } from '../../router/address.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { Checked } from './checked.tsx';
import { USUAL_FILE } from './problem.ts';
import { TakeAway } from './take-away.tsx';
import { useDraft } from './use-draft.ts';
import '../../parts/tabs.css';
import './editor.css';

/** Where there is no file yet. */
const FIRST = `build:\n  script:\n    - echo "hello"\n  after_script:\n    - echo "this runs after a cancel, too"\n`;

/** The CI file of a branch, to be changed and looked at, not saved. */
export default function Editor({ params: { project }, query }: ViewProps<'project'>) {
  useTitle(`CI editor · ${project}`);
  const branch = query.get('branch_name') ?? identity.value?.project?.default_branch ?? '';
  const known = useAnswer('GET /api/v4/projects/:id', { params: { id: project } }).result;
  if (known === null) return null;
  const file = (known.ok && known.value.ci_config_path) || USUAL_FILE;
  return <OfBranch {...{ project, branch, file, query }} />;
}

interface OfBranchProps {
  readonly project: string;
  /** Empty: nothing has been pushed yet. */
  readonly branch: string;
  /** Where the project has it. */
  readonly file: string;
  readonly query: URLSearchParams;
}

function OfBranch({ project, branch, file, query }: OfBranchProps) {
  const given = { params: { id: project, file_path: file }, query: branch === '' ? {} : { ref: branch } };
  const { result, isLoading } = useAnswer('GET /api/v4/projects/:id/repository/files/:file_path', given);
  // While the next branch is asked for, the answer is that of the one before.
  if (result === null || isLoading) return null;
  if (!result.ok && result.problem.status !== 404)
    return (
      <Notice isWhole title="The CI file cannot be shown">
        {result.problem.message}
      </Notice>
    );
  const saved = result.ok ? textOf(result.value.content) : FIRST;
  const note = result.ok
    ? null
    : `${branch === '' ? 'Nothing has been pushed yet' : `${branch} has no ${file} yet`}: this is one to begin with.`;
  return <Editing key={`${project} ${branch} ${file} ${saved}`} {...{ project, branch, file, saved, query, note }} />;
}

interface EditingProps extends OfBranchProps {
  readonly saved: string;
  readonly note: string | null;
}

function Editing({ project, branch, file, saved, query, note }: EditingProps) {
  const draft = useDraft(`${identity.peek()?.user?.id ?? 0} ${project} ${branch} ${file}`, saved);
  const latest = useRef(draft.text);
  const [host, field] = useField(draft.text, (text) => {
    latest.current = text;
    draft.change(text);
  });
  return (
    <div class="ci-editor">
      <header>
        <h1>CI editor</h1>
        <BranchField project={project} branch={branch} />
        {draft.isChanged && (
          <>
            <span class="soft">Changed here, and not in the repository.</span>
            <button type="button" onClick={() => field?.write(saved)}>
              Discard changes
            </button>
          </>
        )}
      </header>
      {note !== null && <p class="soft">{note}</p>}
      <div class="columns">
        <div class="field" ref={host} />
        {may('lint.run') ? (
          <Checked project={project} branch={branch} file={file} text={draft.text} field={field} query={query} />
        ) : (
          <p class="checked soft">Developers of the project see here what the server makes of it.</p>
        )}
        <TakeAway
          file={file}
          branch={branch === '' ? 'main' : branch}
          text={() => latest.current}
          selectAll={() => field?.selectAll()}
        />
      </div>
    </div>
  );
}

/** The field, once its place is there. The schema comes later, and only makes it more helpful. */
function useField(text: string, onChange: (text: string) => void) {
  const host = useRef<HTMLDivElement>(null);
  const [field, setField] = useState<CodeField | null>(null);
  const { result } = useAnswer('GET /api/v4/ci/schema', {});
  const schema = useRef<Schema | null>(null);
  schema.current = result?.ok === true ? result.value : null;
  const changed = useRef(onChange);
  changed.current = onChange;
  useEffect(() => {
    if (host.current === null) return;
    const opened = openField(host.current, {
      text,
      schema: () => schema.current,
      onChange: (next) => changed.current(next),
    });
    setField(opened);
    return () => opened.end();
  }, []);
  return [host, field] as const;
}

function BranchField({ project, branch }: { readonly project: string; readonly branch: string }) {
  const given = { params: { id: project }, query: { per_page: 100 } };
  const { result } = useAnswer('GET /api/v4/projects/:id/repository/branches', given);
  const names = result?.ok === true ? result.value.map(({ name }) => name) : [];
  return (
    <>
      <label for="branch">Branch</label>
      <input
        id="branch"
        list="branches"
        defaultValue={branch}
        spellcheck={false}
        autocomplete="off"
        onChange={({ currentTarget }) => go(withQuery({ branch_name: currentTarget.value.trim() }))}
      />
      <datalist id="branches">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function textOf(base64: string): string {
  const text = new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  // The field has its lines end as git would store them; to it another text would be changed for good.
  return text.replaceAll('\r\n', '\n');
}
