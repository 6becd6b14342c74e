import { pace } from '../../support/pace.ts';

/** One replica is always there, or will be in a moment: who is not answered turns to the other. */
export interface Callers {
  /** Addresses of the replicas, as they are now. */
  readonly urls: () => readonly string[];
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** An earlier try of the same call may have been heard, but its answer was not. */
  readonly wasUnsure: boolean;
}

const GIVE_UP_MS = 60_000;
const ONE_TRY_MS = 20_000;

/** Tries at one replica after the other, beginning with any, until one answers with something that is not its own trouble. */
export async function callAny({ urls }: Callers, { method, path, headers, body }: Request): Promise<Answered> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  let last = '';
  for (let turn = Math.floor(Math.random() * 2), tries = 0; Date.now() < giveUpAt; turn += 1, tries += 1) {
    const url = urls()[turn % urls().length] ?? '';
    try {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(ONE_TRY_MS),
      });
      const text = await answer.text();
      if (answer.status < 500) return { status: answer.status, headers: answer.headers, text, wasUnsure: tries > 0 };
      last = `${answer.status} ${text}`;
    } catch (error) {
      last = String((error as Error).cause ?? error);
    }
    await pace(50);
  }
  throw new Error(`${method} ${path}: no replica answered in ${GIVE_UP_MS} ms; last: ${last}`);
}
