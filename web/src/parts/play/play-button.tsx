import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { PlayDialog } from './play-dialog.tsx';

interface PlayButtonProps {
  /** A path or a number. */
  readonly project: string;
  readonly job: { readonly id: number; readonly name: string };
  /** What whoever starts it is asked (`manual_confirmation`), looked up when it is pressed; null: nothing. */
  readonly loadQuestion: () => Promise<string | null>;
  /** It was heard. */
  readonly onPlayed?: () => void;
  /** The one thing to do here. */
  readonly isMain?: boolean;
}

/** Starts a job that waits for somebody; asks first where its CI file wants that. */
export function PlayButton({ project, job, loadQuestion, onPlayed, isMain = false }: PlayButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const [question, setQuestion] = useState<string | null>(null);
  const [refused, setRefused] = useState('');
  const play = async (): Promise<void> => {
    setAsking(true);
    const params = { id: project, job_id: job.id };
    const result = await call('POST /api/v4/projects/:id/jobs/:job_id/play', { params, body: {} });
    setAsking(false);
    setRefused(result.ok ? '' : result.problem.message);
    if (result.ok) onPlayed?.();
  };
  const press = async (): Promise<void> => {
    setAsking(true);
    const found = await loadQuestion();
    setAsking(false);
    setQuestion(found);
    if (found === null) await play();
  };
  return (
    <>
      {refused !== '' && <span role="alert">{refused}</span>}
      <button
        type="button"
        class={isMain ? 'main' : undefined}
        disabled={isAsking}
        aria-label={isMain || isAsking ? undefined : `Play ${job.name}`}
        onClick={() => void press()}
      >
        {isAsking ? 'asking…' : 'Play'}
      </button>
      {question !== null && (
        <PlayDialog
          name={job.name}
          question={question}
          onClose={(isSure) => {
            setQuestion(null);
            if (isSure) void play();
          }}
        />
      )}
    </>
  );
}
