import { headerOf, type SeenRequest } from '../plain-server/seen-request.ts';
import type { Line, Shape } from './read-recorded.ts';

const WORDS = ['state', 'failure_reason', 'exit_code'];

/** What a runner of ours has said, as a recorded request is written down. */
export function lineOf(seen: SeenRequest): Line {
  const { method, path, headers, json, answer } = seen;
  const accept = headerOf(seen, 'accept');
  const type = headerOf(seen, 'content-type').replace(/boundary=.*/, 'boundary=…');
  const words = Object.fromEntries(
    WORDS.filter((word) => json?.[word] !== undefined).map((word) => [word, json[word]]),
  );
  return {
    ask: `${method} ${path.replace(/\/jobs\/\d+/, '/jobs/:id')}`,
    headers: headers
      .map(([name]) => name.toLowerCase())
      .toSorted()
      .join(' '),
    ...(accept === '' ? {} : { accept }),
    ...(type === '' ? {} : { type }),
    ...(json === null ? {} : { json: shapeOf(json) }),
    ...(Object.keys(words).length === 0 ? {} : { words }),
    ...(json?.info?.features === undefined ? {} : { features: json.info.features }),
    answer: answer?.status ?? 0,
  };
}

function shapeOf(value: unknown): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
}
