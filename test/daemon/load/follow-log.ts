import type { Serving } from '../../serve/support/serving.ts';

export interface Heard {
  /** All of the log, in the order that it came. */
  readonly text: string;
  /** In how many pieces. */
  readonly events: number;
}

/** Watches a job's log from its first byte to the end of the job. @throws when a piece does not begin where the one before it ended */
export async function followLog(
  { base, token }: Pick<Serving, 'base' | 'token'>,
  { project, id, deadlineMs }: { readonly project: string; readonly id: number; readonly deadlineMs: number },
): Promise<Heard> {
  const url = `${base}/api/v4/projects/${encodeURIComponent(project)}/jobs/${id}/trace/events?offset=0`;
  const answer = await fetch(url, { headers: { 'private-token': token }, signal: AbortSignal.timeout(deadlineMs) });
  const decoder = new TextDecoder();
  const texts: string[] = [];
  let [unread, offset] = ['', 0];
  for await (const chunk of answer.body ?? []) {
    unread += decoder.decode(chunk, { stream: true });
    const events = unread.split('\n\n');
    unread = events.pop() ?? '';
    for (const event of events) {
      const kind = /^event: (\w+)$/m.exec(event)?.[1];
      if (kind === 'end') return { text: texts.join(''), events: texts.length };
      if (kind !== 'log') continue;
      const data = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '');
      if (data.offset !== offset) throw new Error(`a piece begins at ${data.offset}, not at ${offset}`);
      offset = data.next_offset;
      texts.push(data.text);
    }
  }
  throw new Error(`the stream broke off after ${offset} bytes`);
}
