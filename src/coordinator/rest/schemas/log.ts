import { Type } from 'typebox';
import { answer, INSTANT, nullable } from './common.ts';

const LINE = Type.Integer({ minimum: 0, description: 'of the log; the first is 0' });
const BYTES = Type.Integer({ minimum: 0, description: 'bytes' });

const LOG_SECTION = answer({
  name: Type.String(),
  is_collapsed: Type.Boolean({ description: 'whether it is shown folded at first' }),
  start_line: Type.Integer({ minimum: 0, description: 'its text is the title' }),
  end_line: nullable(LINE, 'the line with the end marker; null: it is open'),
  started_at: INSTANT,
  ended_at: nullable(INSTANT),
});

/** Of a log as a whole. */
export const LOG_FACTS = {
  total: Type.Integer({ minimum: 0, description: 'lines, an unfinished last one too' }),
  size: BYTES,
  resends: Type.Integer({
    description: 'how often some of it was taken back and sent again: another number, another log',
  }),
  growing: Type.Boolean({ description: 'its job has not ended' }),
  failed_line: nullable(LINE, 'where the job failed, if it did and that is known'),
  sections: nullable(Type.Array(LOG_SECTION), 'null: not asked for; of an event, as before'),
  more_sections: Type.Integer({ minimum: 0, description: 'past the first 10,000, which are listed' }),
};

/** Of some lines of a log. */
export const SHOWN_LINES = {
  from: LINE,
  lines: Type.Array(Type.String(), {
    description: 'with escape sequences, without what a carriage return drew over; at most 1,000, and 1 MiB',
  }),
  cut: Type.Array(answer({ line: LINE, bytes: BYTES }), {
    description: 'lines that are longer than 20,000 bytes: their end is shown',
  }),
  style: Type.String({ description: 'escape sequences of the colours that are on before the first one' }),
  next_line: LINE,
};

export const LOG_LINES = answer({ ...SHOWN_LINES, ...LOG_FACTS });

export const LOG_MATCHES = answer({
  lines: Type.Array(LINE),
  next_offset: nullable(BYTES, 'where to go on; null: all of it was looked at'),
  searched: BYTES,
  size: BYTES,
  resends: Type.Integer(),
});
