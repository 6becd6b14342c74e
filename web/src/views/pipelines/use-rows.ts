import { useState } from 'preact/hooks';
import type { Events } from '../../../generated/routes.ts';
import { useWatch } from '../../state/stream.ts';

type RowsEvent = Events['pipelines'];
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
  useWatch(name, (event, data) => {
    if (event === 'refused') setTold({ name, heard: { kind: 'refused' } });
    if (event !== 'pipelines') return;
    setTold((before) => ({ name, heard: apply(before.name === name ? before.heard : null, data as RowsEvent) }));
  });
  return told.heard;
}

function apply(before: Heard | null, { order, rows, has_more, now }: RowsEvent): Heard {
  const known = new Map(before?.kind === 'rows' ? before.rows.map((row) => [row.id, row]) : []);
  for (const row of rows) known.set(row.id, row);
  return { kind: 'rows', rows: order.flatMap((id) => known.get(id) ?? []), hasMore: has_more, now };
}
