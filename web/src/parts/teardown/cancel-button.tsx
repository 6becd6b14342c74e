import { useState } from 'preact/hooks';
import type { Result } from '../../api/call.ts';
import { ForceDialog } from './force-dialog.tsx';
import type { Stake } from './teardown-words.ts';
import { useCancel } from './use-cancel.ts';
import './teardown.css';

interface CancelButtonProps {
  /** What is stopped: `pipeline #812`, `job integration`. */
  readonly what: string;
  /** As the server says. */
  readonly stage: 'going' | 'canceling' | 'over';
  readonly mayCancel: boolean;
  readonly mayForce: boolean;
  /** Sends it. Both are safe to ask for again. */
  readonly ask: (isForced: boolean) => Promise<Result<unknown>>;
  /** What a force would leave, asked for when somebody wants to force; null: it cannot be said. */
  readonly loadStake: () => Promise<Stake | null>;
}

/** Cancel, which is graceful; then, in the same place and without the focus, Force cancel, which asks first. */
export function CancelButton({ what, stage, mayCancel, mayForce, ask, loadStake }: CancelButtonProps) {
  const { asking, cancel } = useCancel(ask);
  const [isSure, setSure] = useState(false);
  if (stage === 'over') return null;
  // The event that came before the answer is the truth.
  const isPending = asking.kind === 'asking' && (asking.isForced || stage === 'going');
  if (isPending) {
    return (
      <button key="asking" type="button" disabled aria-live="polite">
        asking…
      </button>
    );
  }
  if (asking.kind === 'unheard' && (asking.isForced || stage === 'going')) {
    return (
      <p class="unheard" role="status">
        Not known whether it was heard.
        <button key="again" type="button" data-hue="warn" onClick={() => void cancel(asking.isForced)}>
          Ask again
        </button>
      </p>
    );
  }
  return (
    <>
      {asking.kind === 'refused' && (
        <span class="unheard" role="alert">
          {asking.message}
        </span>
      )}
      {stage === 'going' && mayCancel && (
        <button key="cancel" type="button" data-key="c" data-hue="warn" onClick={() => void cancel(false)}>
          Cancel
        </button>
      )}
      {stage === 'canceling' && mayForce && (
        <button key="force" type="button" data-hue="bad" onClick={() => setSure(true)}>
          Force cancel…
        </button>
      )}
      {isSure && (
        <ForceDialog
          what={what}
          loadStake={loadStake}
          onClose={(isForced) => {
            setSure(false);
            if (isForced) void cancel(true);
          }}
        />
      )}
    </>
  );
}
