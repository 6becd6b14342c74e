import { useEffect, useRef, useState } from 'preact/hooks';
import { type Stake, stakeWords } from './teardown-words.ts';

interface ForceDialogProps {
  readonly what: string;
  readonly loadStake: () => Promise<Stake | null>;
  readonly onClose: (isForced: boolean) => void;
}

/** Says in numbers what is left undone, before it is. The focus begins on the way back. */
export function ForceDialog({ what, loadStake, onClose }: ForceDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [stake, setStake] = useState<Stake | null | 'asking'>('asking');
  useEffect(() => {
    dialog.current?.showModal();
    let isOpen = true;
    void loadStake().then((found) => isOpen && setStake(found));
    return () => {
      isOpen = false;
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="ask-dialog"
      aria-labelledby="force-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose(false);
      }}
    >
      <h2 id="force-title">Force cancel {what}?</h2>
      <div aria-live="polite">
        {linesOf(stake).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <p class="soft">It is written down as yours, and what is left undone stays on the list of obligations.</p>
      <footer>
        <button type="button" onClick={() => onClose(false)}>
          Let it clean up
        </button>
        <button type="button" data-hue="bad" disabled={stake === 'asking'} onClick={() => onClose(true)}>
          {forceWord(stake)}
        </button>
      </footer>
    </dialog>
  );
}

function linesOf(stake: Stake | null | 'asking'): readonly string[] {
  if (stake === 'asking') return ['Asking what would be left behind…'];
  return stake === null
    ? ['It is not known what would be left behind: the coordinator does not answer.']
    : stakeWords(stake);
}

function forceWord(stake: Stake | null | 'asking'): string {
  if (stake === null || stake === 'asking' || stake.cleanups === 0) return 'Force cancel';
  return `Force, leave ${stake.cleanups} undone`;
}
