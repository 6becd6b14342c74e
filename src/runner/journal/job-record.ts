import { join } from 'node:path';
import { errorCode, readRegularFile, writeDurably } from '../../base/index.ts';
import { DEFAULT_DOCKER_SETTINGS } from '../../executors/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from '../open/runner-settings.ts';

/**
 * What a job began with: `job.json` of its journal, mode 0600. Whoever takes the job over goes on with these and not with what
 * it was itself started with: a cleanup that ran with another KUBECONFIG would clean up somewhere else.
 */
export interface JobRecord {
  readonly payload: JobPayload;
  /** Carried by every process of the job; see `COOKIE_VARIABLE`. */
  readonly cookie: string;
  /** What every step starts with, before its script's own exports. */
  readonly environment: Readonly<Record<string, string>>;
  /** The shell that the executor was told to take; null: it chose by the environment's PATH. */
  readonly shell: string | null;
  readonly settings: RunnerSettings;
}

/**
 * Of the journal's format, written into each. A reader refuses a higher `major`, which it would read wrongly, and passes over
 * the moves it does not know of a higher `minor`.
 */
export const JOURNAL_VERSION = { major: 1, minor: 1 } as const;

export type RecordReading =
  /** Whoever began the journal died before it was there: nothing ran. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'usable'; readonly record: JobRecord };

const FILE = 'job.json';

export function writeJobRecord(directory: string, record: JobRecord, durable: boolean): void {
  writeDurably(join(directory, FILE), JSON.stringify({ version: JOURNAL_VERSION, ...record }), durable);
}

export function readJobRecord(directory: string): RecordReading {
  let content: unknown;
  try {
    content = JSON.parse(readRegularFile(join(directory, FILE)).toString());
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return { kind: 'none' };
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'unusable', why: `${FILE} is damaged` };
  }
  const major = isObject(content) && isObject(content.version) ? content.version.major : undefined;
  if (typeof major === 'number' && major > JOURNAL_VERSION.major) {
    const why = `a newer epilogue wrote it (format ${major}, this one knows ${JOURNAL_VERSION.major})`;
    return { kind: 'unusable', why };
  }
  if (typeof major !== 'number' || !isJobRecord(content)) return { kind: 'unusable', why: `${FILE} is damaged` };
  const { payload, cookie, environment, shell } = content;
  // Older versions wrote none, and newer ones may write more.
  const given = { ...DEFAULT_RUNNER_SETTINGS, ...content.settings };
  const docker = given.docker === null ? null : { ...DEFAULT_DOCKER_SETTINGS, ...given.docker };
  const settings = { ...given, docker };
  return { kind: 'usable', record: { payload, cookie, environment, shell, settings } };
}

/** The parts without which nothing of the job can be done; they were written by this program, in one piece. */
function isJobRecord(content: unknown): content is JobRecord {
  if (!isObject(content) || !isObject(content.payload) || !isObject(content.environment)) return false;
  const { payload, cookie, shell } = content;
  if (typeof cookie !== 'string' || (shell !== null && typeof shell !== 'string')) return false;
  return Array.isArray(payload.steps) && Array.isArray(payload.variables) && isObject(payload.job_info);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
