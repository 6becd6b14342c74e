import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { isRefusal } from '../../api/problem.ts';
import { type Told, useWatch } from '../../state/stream.ts';

type RowsEvent = Told<'pipelines'>;
export type Row = RowsEvent['rows'][number];

export interface Rows {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  /** The coordinator's clock, when it said so. */
  readonly now: string;
}

export type Heard = { readonly kind: 'nothing' | 'refused' } | ({ readonly kind: 'rows' } & Rows);

/** One page of a project's pipelines as it changes. @param query of the list, without `?` */
export function useRows(project: string, query: string): Heard {
  const name = query === '' ? `pipelines:${project}` : `pipelines:${project}?${query}`;
  const [told, setTold] = useState<{ readonly name: string; readonly heard: Heard }>({
    name,
    heard: { kind: 'nothing' },
  });
  useWatch(
    name,
    (event, data) => {
      if (event === 'refused') setTold({ name, heard: { kind: 'refused' } });
      if (event !== 'pipelines') return;
      setTold((before) => ({ name, heard: apply(before.name === name ? before.heard : null, data) }));
    },
    async () => {
      const answer = await call('GET /api/v4/projects/:id/pipelines', {
        params: { id: project },
        query: { per_page: 20 },
      });
      if (!answer.ok) return !isRefusal(answer.problem);
      const now = new Map(answer.value.map(({ id, status }) => [id, status]));
      setTold((before) => ({ ...before, heard: withStatuses(before.heard, now) }));
      // Where nothing runs, something may begin.
      return true;
    },
  );
  return told.heard;
}

/** What a glance knows of the rows that are there. */
function withStatuses(heard: Heard, now: ReadonlyMap<number, Row['status']>): Heard {
  if (heard.kind !== 'rows') return heard;
  return { ...heard, rows: heard.rows.map((row) => ({ ...row, status: now.get(row.id) ?? row.status })) };
}

function apply(before: Heard | null, { order, rows, has_more, now }: RowsEvent): Heard {
  const known = new Map(before?.kind === 'rows' ? before.rows.map((row) => [row.id, row]) : []);
  for (const row of rows) known.set(row.id, row);
  return { kind: 'rows', rows: order.flatMap((id) => known.get(id) ?? []), hasMore: has_more, now };
}
