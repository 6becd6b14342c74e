import { useState } from 'preact/hooks';

interface CopyButtonProps {
  /** For ears, what is copied: `the lines for git`. */
  readonly of: string;
  readonly text: () => string;
  /** Selects all of it where it is shown, for the keyboard to copy. */
  readonly select: () => void;
}

/** Copies a text. A page that came over plain HTTP has no clipboard, and a browser may refuse its own: the text is selected then. */
export function CopyButton({ of, text, select }: CopyButtonProps) {
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    const isCopied =
      isSecureContext &&
      (await navigator.clipboard.writeText(text()).then(
        () => true,
        () => false,
      ));
    if (!isCopied) select();
    setSaid(isCopied ? 'Copied.' : 'All of it is selected: copy it with the keyboard.');
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        Copy<span class="heard"> {of}</span>
      </button>
      <span role="status" class="soft">
        {said}
      </span>
    </>
  );
}
