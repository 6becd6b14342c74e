import { Component } from 'preact';
import type { HeldLine } from '../lines/held-lines.ts';
import type { Section } from '../place/folds.ts';
import { cutPieces, type Piece } from '../text/cut-pieces.ts';
import { lookOf } from '../text/look-of.ts';

/** What a row is drawn from; it is drawn anew only when one of these is another. */
export interface RowProps {
  readonly line: number;
  /** null: it is being fetched. */
  readonly held: HeldLine | null;
  readonly needle: string;
  /** Of which this line is the header. */
  readonly section: Section | null;
  readonly isFolded: boolean;
  readonly isNamed: boolean;
  readonly isFailed: boolean;
  readonly isCleanup: boolean;
  readonly isFocused: boolean;
}

/** One line of a log. Its text is the element `.log-text`, of which the text content is exactly the line's. */
export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((key) => next[key] !== this.props[key]);
  }

  override render({ line, held, needle, section, isFolded, isNamed, isFailed, isCleanup, isFocused }: RowProps) {
    const classes = ['log-row'];
    if (isNamed) classes.push('log-named');
    if (isFailed) classes.push('log-failed');
    if (isCleanup) classes.push('log-cleanup');
    if (isFocused) classes.push('log-focused');
    if (section !== null) classes.push('log-header');
    return (
      <div class={classes.join(' ')} data-line={line}>
        {/* No stop for Tab: there are too many, and the search names a line as well (`:120`). */}
        <a class="log-number" href={`#L${line + 1}`} tabIndex={-1} aria-label={`Line ${line + 1}`}>
          {line + 1}
        </a>
        {section !== null && (
          <button type="button" class="log-fold" aria-expanded={!isFolded} aria-label={`Section ${section.name}`}>
            {isFolded ? '▸' : '▾'}
          </button>
        )}
        {isFailed && (
          <span class="log-failed-mark" role="img" aria-label="It failed here">
            ✕
          </span>
        )}
        {held !== null && held.cut > 0 && (
          <span class="log-cut">{`… ${held.cut.toLocaleString('en')} bytes left out`}</span>
        )}
        <span class="log-text" dir="ltr">
          {held === null ? null : cutPieces(held.runs, needle).map(drawn)}
        </span>
        {section?.ended_at != null && <span class="log-took">{took(section.started_at, section.ended_at)}</span>}
      </div>
    );
  }
}

function drawn({ text, style, href, mark, found }: Piece) {
  const look = lookOf(style);
  // What is found or marked has colours of ours, which those of the job would win over.
  const colours = found || mark !== null ? {} : look.colours;
  const classes = [look.class, mark === null ? '' : 'log-mark', found ? 'log-found' : ''].filter((one) => one !== '');
  if (href !== null) {
    return (
      <a class={classes.join(' ')} style={colours} href={href} target="_blank" rel="noopener noreferrer nofollow">
        {text}
      </a>
    );
  }
  if (classes.length === 0 && Object.keys(colours).length === 0) return text;
  return (
    <span class={classes.join(' ')} style={colours} data-mark={mark ?? undefined}>
      {text}
    </span>
  );
}

/** A section's duration: `0:41`, `1:02:03`. */
function took(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
