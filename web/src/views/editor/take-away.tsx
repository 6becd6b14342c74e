import { CopyButton } from '../../parts/copy-button.tsx';
import { CopyLines } from '../../parts/copy-lines.tsx';
import { quoted } from '../../words/quoted.ts';

interface TakeAwayProps {
  /** Its path in the repository. */
  readonly file: string;
  readonly branch: string;
  readonly text: () => string;
  readonly selectAll: () => void;
}

/** Nothing can be saved here, a push does that: so the text is taken to where one can push. */
export function TakeAway({ file, branch, text, selectAll }: TakeAwayProps) {
  return (
    <section class="take-away" aria-label="Take it to the repository">
      <p class="deeds">
        <CopyButton of="the file" text={text} select={selectAll} />
        <button type="button" onClick={() => download(file, text())}>
          Download
        </button>
      </p>
      <p class="soft">A push saves it. Put the text into {file} of a working copy, then:</p>
      <CopyLines
        label="the lines for git"
        lines={[
          `git commit --message "Change the pipeline" ${quoted(file)}`,
          `git push origin ${quoted(`HEAD:refs/heads/${branch}`)}`,
        ]}
      />
    </section>
  );
}

function download(file: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  link.download = file.slice(file.lastIndexOf('/') + 1);
  link.click();
  URL.revokeObjectURL(link.href);
}
