import type { Phase, Status } from '../../../src/protocol/index.ts';
import { CAUSE_WORDS, CLEANUP_WORDS } from '../words/teardown.ts';
import { Name } from './name.tsx';
import { Broom } from './teardown/cleanup-mark.tsx';
import { Countdown } from './teardown/countdown.tsx';
import { type CleanupFacts, ENDS, recordWords, stepWords, type TeardownFacts } from './teardown/teardown-words.ts';
import './teardown/teardown.css';

interface TeardownStripProps {
  readonly job: {
    readonly status: Status;
    readonly phase: Phase | null;
    readonly teardown: TeardownFacts | null;
    readonly cleanup: CleanupFacts | null;
  };
}

/** What happens after a job's script is over, while it does; and when the job has ended, the record of that. Nothing where there is none. */
export function TeardownStrip({ job: { phase, teardown, cleanup } }: TeardownStripProps) {
  if (teardown === null) return null;
  if (phase === 'teardown') return <Running teardown={teardown} cleanup={cleanup} />;
  if (phase !== null) return null;
  const record = recordWords(cleanup);
  if (record === null && teardown.requested_by === null) return null;
  const isGood = cleanup?.outcome == null || CLEANUP_WORDS[cleanup.outcome].isGood;
  return (
    <section class="teardown-strip" data-hue={isGood ? 'idle' : 'bad'} aria-label="Cleanup">
      <p class="headline">
        <Broom isHollow={cleanup?.outcome === 'lost'} />
        <strong>
          <bdi>{record ?? 'No cleanup was owed'}</bdi>
        </strong>
      </p>
      <Asked teardown={teardown} />
      {!isGood && <p>It may have left things behind.</p>}
      {cleanup?.late != null && (
        <p>
          Its runner has come back since: {CLEANUP_WORDS[cleanup.late.outcome].word}, heard at {timeOf(cleanup.late.at)}
          .
        </p>
      )}
    </section>
  );
}

function Running({ teardown, cleanup }: { readonly teardown: TeardownFacts; readonly cleanup: CleanupFacts | null }) {
  const { deadline, cleanup_until: until, now, extended_by: extended, began_at: beganAt } = teardown;
  const isCleaning = until !== null && cleanup !== null;
  const end = isCleaning ? until : deadline;
  return (
    <section class="teardown-strip" data-hue="warn" aria-label="Cleaning up">
      <p class="headline">
        <Broom />
        <strong>{capital(stepWords(teardown, cleanup))}</strong>
        {end !== null && now !== null && (
          <span>
            at most <Countdown deadline={end} now={now} title={isCleaning ? ENDS.cleanup : ENDS.job} isTold /> more
          </span>
        )}
      </p>
      <Asked teardown={teardown} />
      <p class="soft">
        {beganAt !== null && `Since ${timeOf(beganAt)}. `}
        {extended > 0 && `Its runner has asked for ${Math.round(extended)} s more. `}
        {isCleaning &&
          deadline !== null &&
          `Then artifacts and cache; the coordinator ends it at ${timeOf(deadline)} at the latest.`}
      </p>
    </section>
  );
}

function Asked({ teardown }: { readonly teardown: TeardownFacts }) {
  const { requested_by: by, requested_at: at, cause, forced_by: forcedBy, forced_at: forcedAt } = teardown;
  return (
    <p>
      {cause !== null && `The script ${CAUSE_WORDS[cause]}`}
      {by !== null && at !== null && (
        <>
          {cause === null ? 'Asked' : ','} by <Name text={by} /> at {timeOf(at)}
        </>
      )}
      {forcedBy !== null && forcedAt !== null && (
        <>
          {', forced by '}
          <Name text={forcedBy} /> at {timeOf(forcedAt)}
        </>
      )}
      .
    </p>
  );
}

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString();
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
