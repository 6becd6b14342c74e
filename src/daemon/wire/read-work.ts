import { readFileSync } from 'node:fs';
import type { JobPayload, Variable } from '../../protocol/index.ts';
import { drop, wasRetried } from './http/ask.ts';
import { readStart } from './http/read-text.ts';
import type { TlsFiles } from './http/secure-agent.ts';
import { wantedPauseMs } from './http/wanted-pause.ts';
import { readPayload, type UnusableJob } from './payload/read-payload.ts';

export type Work =
  | ({ readonly kind: 'job'; readonly payload: JobPayload } & WorkAnswer)
  | ({ readonly kind: 'none' } & WorkAnswer)
  /** The token is nobody's. */
  | { readonly kind: 'refused' }
  /** Not now. `why` is for the runner's log: also that a job was handed out in words that nobody can read. */
  | {
      readonly kind: 'later';
      readonly status: number;
      /** Ms that the server wants us to wait; null: it does not say. */
      readonly retryMs: number | null;
      readonly why: string;
      /** A job that was handed out so that it cannot be used, and what is wrong with it. */
      readonly unusable: { readonly job: UnusableJob; readonly why: string } | null;
      readonly wasRetried: boolean;
    };

interface WorkAnswer {
  /** To be said back. */
  readonly lastUpdate: string | null;
  /** The server has what goes beyond GitLab's protocol. */
  readonly hasAdditions: boolean;
  /** `Epilogue-Release`: the quarantine that somebody has lifted. */
  readonly release: string | null;
  /** It took more than one try: the server is busy. */
  readonly wasRetried: boolean;
}

/** @param tls what the server is spoken to with */
export async function readWork(
  answer: Response,
  { now, tls }: { readonly now: number; readonly tls: TlsFiles | null },
): Promise<Work> {
  const { status, headers } = answer;
  const common = {
    lastUpdate: headers.get('x-gitlab-last-update') || null,
    hasAdditions: headers.has('epilogue-version'),
    release: headers.get('epilogue-release'),
    wasRetried: wasRetried(answer),
  };
  const later = (why: string, unusable: Unread['unusable'] = null): Work => ({
    kind: 'later',
    status,
    retryMs: wantedPauseMs(headers, now),
    why,
    unusable,
    wasRetried: common.wasRetried,
  });
  if (status === 201) {
    const reading = await readJob(answer);
    if ('why' in reading) return later(reading.why, reading.unusable);
    return { kind: 'job', payload: withTls(reading, tls), ...common };
  }
  await drop(answer);
  if (status === 204) return { kind: 'none', ...common };
  if (status === 403 || status === 401) return { kind: 'refused' };
  return later(`the server answers ${status} when it is asked for work`);
}

/** A job with all its variables and scripts; GitLab's are a hundred times smaller. */
const LONGEST_BYTES = 64 * 1024 * 1024;

/** @returns why it cannot be read: the server thinks that this runner has it */
async function readJob(answer: Response): Promise<JobPayload | Unread> {
  const type = answer.headers.get('content-type') ?? 'nothing';
  // When it breaks off, so does the call: the server knows that as well.
  const { text: body, isWhole } = await readStart(answer, LONGEST_BYTES);
  if (!isWhole) return { why: `a job in more than ${LONGEST_BYTES} bytes is not taken`, unusable: null };
  const reading = readPayload(body);
  if (reading.kind === 'payload' && /^application\/json\s*(;|$)/i.test(type)) return reading.payload;
  const job = reading.kind === 'payload' ? reading.payload.id : reading.job;
  const why = reading.kind === 'payload' ? `it is ${type}` : reading.why;
  const which = job === null ? 'a job of unknown number' : `job ${job}`;
  const words = `${which} was handed out and is LOST: what the server sent of it cannot be read (${why}); nothing of it has run`;
  const unusable = reading.kind === 'unreadable' ? reading.unusable : null;
  if (unusable === null) return { why: `${words}, and the server may hand it out again`, unusable: null };
  return { why: `${words}; the server is told`, unusable: { job: unusable, why } };
}

interface Unread {
  /** For the runner's log. */
  readonly why: string;
  readonly unusable: { readonly job: UnusableJob; readonly why: string } | null;
}

/**
 * With what this runner speaks to its server, its jobs may: `CI_SERVER_TLS_CA_FILE`, and where it has a certificate of its own `CI_SERVER_TLS_CERT_FILE` and
 * `CI_SERVER_TLS_KEY_FILE`, as GitLab's runner has it.
 */
function withTls(payload: JobPayload, tls: TlsFiles | null): JobPayload {
  const ca = fileVariable('CA', tls?.caFile ?? null);
  const own = [fileVariable('CERT', tls?.certFile ?? null), fileVariable('KEY', tls?.keyFile ?? null)];
  const variables = [ca, ...(own.includes(null) ? [] : own)].filter((each) => each !== null);
  return variables.length === 0 ? payload : { ...payload, variables: [...variables, ...payload.variables] };
}

function fileVariable(kind: 'CA' | 'CERT' | 'KEY', path: string | null): Variable | null {
  if (path === null) return null;
  try {
    const value = readFileSync(path, 'utf8');
    return { key: `CI_SERVER_TLS_${kind}_FILE`, value, public: kind === 'CA', masked: false, file: true, raw: true };
  } catch {
    // It was there a moment ago; the job is told nothing rather than not run.
    return null;
  }
}
