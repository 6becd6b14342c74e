import type { FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';

/** One JSON object a line: `time` (ISO 8601), `level` (a word), `msg`, and the facts as fields. `write` is given whole lines. */
export function createJsonLog(write: (line: string) => void, level: LogLevel): FastifyBaseLogger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
