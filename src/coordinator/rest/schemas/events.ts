import { type TObject, type TString, Type } from 'typebox';
import type { EventOf, EventSchemas } from '../../http/index.ts';
import { answer, ID, nullable } from './common.ts';
import { BRIDGE, BRIEF_JOB, JOB } from './job.ts';
import { LOG_FACTS, SHOWN_LINES } from './log.ts';
import { OBLIGATION_NEWS } from './obligation.ts';
import { PIPELINE, STATUS } from './pipeline.ts';
import { PIPELINE_ROWS } from './pipeline-row.ts';

const BYTE = Type.Integer({ minimum: 0, description: 'bytes' });
const LAST_STATUS = nullable(STATUS, 'null: it is there no more');
const END = answer({ status: LAST_STATUS });

export const PIPELINE_EVENTS = { pipeline: PIPELINE, jobs: Type.Array(BRIEF_JOB), end: END };
export type PipelineEvent = EventOf<typeof PIPELINE_EVENTS>;

export const JOB_EVENTS = { job: Type.Union([JOB, BRIDGE]), end: END };
export type JobEvent = EventOf<typeof JOB_EVENTS>;

/** Of a log by bytes. */
export const LOG_EVENTS = {
  log: answer({ offset: BYTE, next_offset: BYTE, text: Type.String() }),
  reset: answer({ offset: BYTE }),
  end: answer({ offset: BYTE, status: LAST_STATUS }),
};
export type LogEvent = EventOf<typeof LOG_EVENTS>;

const WATCHED_EVENTS = {
  ...PIPELINE_EVENTS,
  ...JOB_EVENTS,
  log: Type.Union([answer({ job_id: ID, ...SHOWN_LINES, ...LOG_FACTS }), answer({ job_id: ID, ...LOG_FACTS })]),
  pipelines: PIPELINE_ROWS,
  obligations: OBLIGATION_NEWS,
  refused: answer({ status: Type.Integer({ description: 'what its own route would answer' }) }),
};
/** As the teller of one thing says it. */
export type WatchedEvent = EventOf<typeof WATCHED_EVENTS>;

/** The same, of a stream that tells several things. */
export const WATCH_EVENTS = ofWatches(WATCHED_EVENTS);
export type WatchEvent = EventOf<typeof WATCH_EVENTS>;

type OfWatches<E extends EventSchemas> = { readonly [Name in keyof E]: TObject<{ watch: TString; data: E[Name] }> };

function ofWatches<E extends EventSchemas>(events: E): OfWatches<E> {
  const watch = Type.String({ description: 'as it was asked for' });
  const wrapped = Object.entries(events).map(([name, data]) => [name, answer({ watch, data })]);
  return Object.fromEntries(wrapped) as OfWatches<E>;
}
