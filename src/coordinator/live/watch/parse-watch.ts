import { badParameters } from '../../http/index.ts';

/** One thing that a page wants to hear of. */
export interface Wanted {
  readonly kind: 'pipeline' | 'job';
  readonly id: number;
}

/** `pipeline:812`, `job:9112`. @throws HttpError 400 */
export function parseWatch(text: string): Wanted {
  const [, kind, of = ''] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  if (kind === 'pipeline' || kind === 'job') return { kind, id: idOf(of, text) };
  throw noWatch(text);
}

function idOf(digits: string, text: string): number {
  const id = /^\d{1,16}$/.test(digits) ? Number(digits) : 0;
  if (id < 1 || !Number.isSafeInteger(id)) throw noWatch(text);
  return id;
}

function noWatch(text: string): Error {
  return badParameters(`watch[] is invalid: there is nothing like ${JSON.stringify(text.slice(0, 100))} to watch`);
}
