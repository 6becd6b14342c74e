import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import type { Obligation } from '../../words/obligation.ts';

interface SettleProps {
  readonly obligation: Obligation;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** Notes who has seen to what a cleanup left, and how. It stays on record as not met. */
export function Settle({ obligation, onDone, onCancel }: SettleProps) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { project_id, job_id } = obligation;
  const settle = async (): Promise<void> => {
    setAsking(true);
    const params = { id: String(project_id), job_id };
    const answer = await call('POST /api/v4/projects/:id/obligations/:job_id/settle', { params, body: { reason } });
    setAsking(false);
    if (answer.ok) {
      onCancel();
      onDone();
    } else setProblem(answer.problem.message);
  };
  const name = `settle-${job_id}`;
  return (
    <form
      class="settle"
      onSubmit={(event) => {
        event.preventDefault();
        settle().catch(reportError);
      }}
    >
      <label for={name}>What was left behind, and how has it been seen to?</label>
      <input
        id={name}
        ref={field}
        required
        maxLength={1000}
        value={reason}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <button type="submit" class="main" disabled={isAsking || reason.trim() === ''}>
        {isAsking ? 'asking…' : 'Mark as done'}
      </button>
      <button type="button" onClick={onCancel}>
        Close
      </button>
      {problem !== null && <p role="alert">{problem}</p>}
    </form>
  );
}
