import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys of a JSON object, and the types of what stands there. */
export type Shape = string | { readonly [key: string]: Shape };

/** A request, as far as it is compared. */
export interface Line {
  /** Method, path and query; the number of a job is `:id`. */
  readonly ask: string;
  /** Names, sorted. */
  readonly headers: string;
  readonly accept?: string;
  readonly type?: string;
  readonly json?: Shape;
  /** Of a report: what is not only a type. */
  readonly words?: Readonly<Record<string, unknown>>;
  /** Of the first that says them. */
  readonly features?: Readonly<Record<string, boolean>>;
  /** 0: none. */
  readonly answer: number;
}

export interface Part {
  readonly part: string;
  readonly title: string;
  readonly requests: readonly Line[];
}

/**
 * What GitLab's runner 19.4.0 said to a server, part by part: made from a recording, without what git says, the bodies of logs and artifacts, and whatever is another
 * one each time. `info` is spelled out where it is said first.
 */
export function readRecorded(): ReadonlyMap<string, Part> {
  const text = readFileSync(join(import.meta.dirname, 'fixtures/recorded.json'), 'utf8');
  const { parts } = JSON.parse(text) as { readonly parts: readonly Part[] };
  return new Map(parts.map((part) => [part.part, part]));
}
