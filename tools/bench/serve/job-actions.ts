import { existsSync, readFileSync } from 'node:fs';
import { waitUntil } from '../../components/index.ts';
import type { Coordinator } from './coordinator.ts';

const WAIT_MS = 30_000;

export interface Listed {
  readonly id: number;
  readonly name: string;
}

/** Of the project `root/NAME`, newest first. */
export async function jobsOf({ rest }: Coordinator, project: string): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for (let page = 1; ; page++) {
    const path = `/projects/root%2F${project}/jobs?per_page=100&page=${page}`;
    const found = JSON.parse((await rest({ method: 'GET', path })).text) as readonly Listed[];
    all.push(...found);
    if (found.length < 100) return all;
  }
}

export interface Action {
  readonly project: string;
  readonly id: number;
  readonly action: 'play' | 'cancel';
  readonly file: string;
}

/** Ms from the request to the instant in the file that it leads to. */
export async function timeToFile({ rest }: Coordinator, { project, id, action, file }: Action): Promise<number> {
  const askedAt = Date.now();
  await rest({ method: 'POST', path: `/projects/root%2F${project}/jobs/${id}/${action}`, body: '{}' });
  return (await instantIn(file)) - askedAt;
}

/** UTC ms, as `date +%s%N` has written it there, once it has. */
export async function instantIn(file: string): Promise<number> {
  const isThere = (): boolean => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n');
  await waitUntil(isThere, { what: file, timeoutMs: WAIT_MS });
  return Number(readFileSync(file, 'utf8')) / 1e6;
}

/** Plays a job that prints `at` and the instant, so many times; ms from each to the event that brings it. */
export async function watchTalk(
  { rest, server, token }: Coordinator,
  { project, id, lines }: { readonly project: string; readonly id: number; readonly lines: number },
): Promise<readonly number[]> {
  await rest({ method: 'POST', path: `/projects/root%2F${project}/jobs/${id}/play`, body: '{}' });
  const path = `/api/v4/projects/root%2F${project}/jobs/${id}/trace/events?offset=0`;
  const headers = { 'private-token': token };
  const answer = await fetch(`${server.url}${path}`, { headers, signal: AbortSignal.timeout(4 * WAIT_MS) });
  const values: number[] = [];
  let unread = '';
  for await (const bytes of answer.body ?? []) {
    const now = Date.now();
    unread += Buffer.from(bytes).toString();
    const found = [...unread.matchAll(/(?<=^|\\n|")at (\d{19})\\n/g)];
    for (const [, at] of found) values.push(now - Number(at) / 1e6);
    const last = found.at(-1);
    if (last !== undefined) unread = unread.slice(last.index + last[0].length);
    if (values.length >= lines || /event: end/.test(unread)) break;
  }
  if (values.length === 0) throw new Error(`no line was heard: ${unread.slice(0, 500)}`);
  return values;
}
