import type { FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import { textLine } from './text-log.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** `json`: one object a line, with `time` (ISO 8601), `level` (a word), `msg`, and the facts as fields. `text`: the same for people. */
  readonly format: LogFormat;
}

/** `write` is given whole lines. */
export function createLog(write: (line: string) => void, { level, format }: LogOptions): FastifyBaseLogger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: format === 'json' ? write : (line) => write(textLine(line)) },
  );
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['json', 'text'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
