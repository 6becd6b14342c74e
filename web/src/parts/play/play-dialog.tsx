import { useEffect, useRef } from 'preact/hooks';
import { Name } from '../name.tsx';
import '../teardown/teardown.css';

interface PlayDialogProps {
  readonly name: string;
  /** As the CI file has it. */
  readonly question: string;
  readonly onClose: (isSure: boolean) => void;
}

/** Asks what the CI file wants to be asked. The focus begins on the way back. */
export function PlayDialog({ name, question, onClose }: PlayDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="ask-dialog"
      aria-labelledby="play-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose(false);
      }}
    >
      <h2 id="play-title">
        Start <Name text={name} />?
      </h2>
      <p dir="auto">{question}</p>
      <footer>
        <button type="button" onClick={() => onClose(false)}>
          Do not start it
        </button>
        <button type="button" class="main" onClick={() => onClose(true)}>
          Yes, start it
        </button>
      </footer>
    </dialog>
  );
}
