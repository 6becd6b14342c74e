import type { Clock } from '../../base/index.ts';
import { DEFAULT_TOKEN_PREFIXES } from '../../runner/index.ts';
import type { LogFormat, LogLevel } from '../config/runner-config.ts';

/** What a line is about, where it is about that. */
export interface LogFacts {
  readonly job?: number;
  /** Its full path. */
  readonly project?: string;
  /** The name of an entry. */
  readonly runner?: string;
}

export type RunnerLog = (level: 'debug' | 'info' | 'warn' | 'error', text: string, facts?: LogFacts) => void;

export interface RunnerLogOptions {
  /**
   * `runner`: words for people; `text`: `time="…" level=info msg="…" job=1 …`; `json`: one object a line with the same fields. Levels are called as in
   * GitLab's runner. The job stands in the words of the first, in a field of the others.
   */
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly clock: Clock;
  /** Besides whatever looks like a token. */
  readonly secrets?: readonly string[];
}

const RANKS: Readonly<Record<LogLevel, number>> = { panic: 0, fatal: 1, error: 2, warn: 3, info: 4, debug: 5 };
const WORDS = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const;
const MASKED = '[MASKED]';
const TOKENS = new RegExp(`(${DEFAULT_TOKEN_PREFIXES.join('|')})[\\w.=-]+`, 'g');

/** The log of the runner itself, not of a job. `write` is given whole lines; none has a secret in it. */
export function createRunnerLog(write: (line: string) => void, options: RunnerLogOptions): RunnerLog {
  const { format, level: most, clock, secrets = [] } = options;
  return (level, text, facts = {}) => {
    if (RANKS[level] > RANKS[most]) return;
    const words = withoutSecrets(text, secrets);
    if (format === 'runner') {
      const mark = level === 'info' ? '' : `${WORDS[level]}: `;
      return write(`epilogue runner: ${mark}${inOneLine(words)}\n`);
    }
    const time = new Date(clock.now()).toISOString();
    const msg = facts.job === undefined ? words : words.replace(new RegExp(`^job ${facts.job}: `), '');
    const all = { time, level: WORDS[level], msg, ...facts };
    write(`${format === 'json' ? JSON.stringify(all) : inFields(all)}\n`);
  };
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '');
  return known
    .reduce((words, secret) => words.replaceAll(secret, MASKED), text)
    .replace(TOKENS, `$1${MASKED}`)
    .replace(/(\w:\/\/)[^/@\s]+@/g, `$1${MASKED}@`);
}

function inFields(fields: Readonly<Record<string, string | number>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${/^[\w./-]+$/.test(String(value)) ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** What a server or a job has said steers no terminal, and makes no line of its own. */
function inOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
