import { Check, Convert } from 'typebox/value';
import { badParameters } from '../../http/index.ts';
import { PIPELINE_QUERY, type PipelineQuery } from '../../rest/index.ts';

/** One thing that a page wants to hear of. */
export type Wanted =
  | { readonly kind: 'pipeline' | 'job'; readonly id: number }
  /** @param line from which on it is shown; null: only how it grows */
  | { readonly kind: 'log'; readonly id: number; readonly line: number | null }
  /** `project`: a number or a path; null: all. */
  | { readonly kind: 'obligations'; readonly project: string | null }
  | { readonly kind: 'pipelines'; readonly project: string; readonly query: PipelineQuery };

/**
 * `pipeline:812`, `job:9112`, `log:9112`, `log:9112@5000`, `pipelines:12?ref=main&page=2`, `obligations:12`, `obligations`.
 * @throws HttpError 400
 */
export function parseWatch(text: string): Wanted {
  if (text === 'obligations') return { kind: text, project: null };
  const [, kind, of = ''] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  if (kind === 'pipeline' || kind === 'job') return { kind, id: idOf(of, text) };
  if (kind === 'log') return logOf(of, text);
  if (kind === 'obligations') return { kind, project: of };
  if (kind === 'pipelines') return listOf(of, text);
  throw noWatch(text);
}

function logOf(of: string, text: string): Wanted {
  const [, id = '', line] = /^(\d+)(?:@(\d{1,15}))?$/.exec(of) ?? [];
  return { kind: 'log', id: idOf(id, text), line: line === undefined ? null : Number(line) };
}

function listOf(of: string, text: string): Wanted {
  const at = of.indexOf('?');
  const [project, filter] = at < 0 ? [of, ''] : [of.slice(0, at), of.slice(at + 1)];
  const query = Convert(PIPELINE_QUERY, Object.fromEntries(new URLSearchParams(filter)));
  if (project === '' || !Check(PIPELINE_QUERY, query)) throw noWatch(text);
  return { kind: 'pipelines', project, query };
}

function idOf(digits: string, text: string): number {
  const id = /^\d{1,16}$/.test(digits) ? Number(digits) : 0;
  if (id < 1 || !Number.isSafeInteger(id)) throw noWatch(text);
  return id;
}

function noWatch(text: string): Error {
  return badParameters(`watch[] is invalid: there is nothing like ${JSON.stringify(text.slice(0, 100))} to watch`);
}
