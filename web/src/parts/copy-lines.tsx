import { useRef } from 'preact/hooks';
import { CopyButton } from './copy-button.tsx';
import './copy-lines.css';

interface CopyLinesProps {
  /** What is copied: `the lines for git`. */
  readonly label: string;
  readonly lines: readonly string[];
}

/** Commands, ready to copy. */
export function CopyLines({ label, lines }: CopyLinesProps) {
  const text = useRef<HTMLPreElement>(null);
  return (
    <div class="copy-lines">
      <pre ref={text}>{lines.join('\n')}</pre>
      <CopyButton
        of={label}
        text={() => `${lines.join('\n')}\n`}
        select={() => text.current !== null && getSelection()?.selectAllChildren(text.current)}
      />
    </div>
  );
}
