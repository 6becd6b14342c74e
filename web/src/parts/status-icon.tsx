import type { JSX } from 'preact';
import type { Status } from '../../../src/protocol/index.ts';
import { STATUS_WORDS, type StatusWord as Words } from '../words/status.ts';
import './status-icon.css';

/** Drawn on 16 × 16, in `currentColor`; what is cut out of a disc is in the ground's colour. Each differs from the others without colour. */
const SHAPES: Readonly<Record<Status, JSX.Element>> = {
  success: (
    <>
      <circle cx="8" cy="8" r="7" />
      <path class="cut" d="M4.6 8.3 7 10.6 11.4 5.8" />
    </>
  ),
  failed: (
    <>
      <circle cx="8" cy="8" r="7" />
      <path class="cut" d="m5.5 5.5 5 5m0-5-5 5" />
    </>
  ),
  running: (
    <>
      <circle class="line" cx="8" cy="8" r="6.25" />
      <circle class="pulse" cx="8" cy="8" r="3.5" />
    </>
  ),
  canceling: (
    <>
      <circle class="line" cx="8" cy="8" r="6.25" />
      <path d="M8 1.75a6.25 6.25 0 0 0 0 12.5Z" />
    </>
  ),
  canceled: (
    <>
      <circle class="line" cx="8" cy="8" r="6.25" />
      <path class="line" d="m3.8 12.2 8.4-8.4" />
    </>
  ),
  pending: <circle class="line" cx="8" cy="8" r="6.25" />,
  created: <circle class="line dotted" cx="8" cy="8" r="6.25" />,
  waiting_for_resource: (
    <>
      <circle class="line" cx="8" cy="8" r="6.25" />
      <path class="line" d="M4.5 8h7" />
    </>
  ),
  manual: <path class="line" d="M4.5 2.5v11L13 8Z" />,
  scheduled: (
    <>
      <circle class="line" cx="8" cy="8" r="6.25" />
      <path class="line" d="M8 4.5V8l2.5 1.5" />
    </>
  ),
  skipped: <path class="line" d="m3 4 4 4-4 4m5-8 4 4-4 4" />,
};

/** Of a job that failed and is allowed to: it stops nothing. */
const ALLOWED = (
  <>
    <circle cx="8" cy="8" r="7" />
    <path class="cut" d="M8 4.2v4.6m0 2.7v.1" />
  </>
);

interface ShownStatus {
  readonly status: Status;
  /** It is a job's that is allowed to fail. */
  readonly isAllowed?: boolean;
}

interface StatusIconProps extends ShownStatus {
  /** For ears, where no word stands beside it: `unit: failed`. Left out: the word that stands there says it. */
  readonly label?: string;
}

export function StatusIcon({ status, isAllowed = false, label }: StatusIconProps) {
  const common = { class: 'status-icon', 'data-hue': hueOf(status, isAllowed), viewBox: '0 0 16 16' } as const;
  const shape = isAllowed && status === 'failed' ? ALLOWED : SHAPES[status];
  if (label === undefined) {
    return (
      <svg {...common} aria-hidden="true">
        {shape}
      </svg>
    );
  }
  return (
    <svg {...common} role="img">
      <title>{label}</title>
      {shape}
    </svg>
  );
}

/** Shape, word and colour. */
export function StatusWord({ status, isAllowed = false }: ShownStatus) {
  return (
    <span class="status-word" data-hue={hueOf(status, isAllowed)}>
      <StatusIcon status={status} isAllowed={isAllowed} />
      {STATUS_WORDS[status].word}
    </span>
  );
}

function hueOf(status: Status, isAllowed: boolean): Words['hue'] {
  return isAllowed && status === 'failed' ? 'warn' : STATUS_WORDS[status].hue;
}
