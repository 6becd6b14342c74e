import type { ComponentChildren } from 'preact';
import { Notice } from '../parts/notice.tsx';
import { withQuery } from '../router/address.ts';
import type { List } from './use-list.ts';
import './lists.css';

export interface Column<T> {
  readonly head: string;
  /** The head is for ears only: what is below says itself what it is. */
  readonly isHeard?: boolean;
  readonly cell: (item: T) => ComponentChildren;
}

interface ListTableProps<T> {
  readonly list: List<T>;
  /** What these are: `runners`. */
  readonly what: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
  /** What stands in the whole row, in place of its cells; null: nothing does. */
  readonly wholeRow?: (item: T) => ComponentChildren;
  /** In place of a table without a row. */
  readonly empty: ComponentChildren;
}

/** A list as a table, with the way to its other pages; on a phone each row stands by itself, its cells below each other. */
export function ListTable<T>({ list, what, columns, keyOf, wholeRow, empty }: ListTableProps<T>) {
  const { result, page } = list;
  if (result === null) return null;
  if (!result.ok) {
    const { status, message } = result.problem;
    return <Notice title={`The ${what} cannot be shown`}>{status === 403 ? 'You may not see them.' : message}</Notice>;
  }
  if (result.value.length === 0 && page === 1) return empty;
  return (
    <>
      <table class="list">
        <thead>
          <tr>
            {columns.map(({ head, isHeard = false }) => (
              <th key={head} scope="col">
                <span class={isHeard ? 'heard' : undefined}>{head}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.value.map((item) => (
            <Row key={keyOf(item)} columns={columns} item={item} whole={wholeRow?.(item) ?? null} />
          ))}
        </tbody>
      </table>
      <Pager list={list} what={what} />
    </>
  );
}

interface RowProps<T> extends Pick<ListTableProps<T>, 'columns'> {
  readonly item: T;
  readonly whole: ComponentChildren;
}

function Row<T>({ columns, item, whole }: RowProps<T>) {
  if (whole !== null)
    return (
      <tr>
        <td class="whole" colSpan={columns.length}>
          {whole}
        </td>
      </tr>
    );
  return (
    <tr>
      {columns.map(({ head, isHeard = false, cell }) => (
        <td key={head} data-head={isHeard ? undefined : head}>
          {cell(item)}
        </td>
      ))}
    </tr>
  );
}

function Pager({ list: { page, hasMore, total }, what }: { readonly list: List<unknown>; readonly what: string }) {
  if (page === 1 && !hasMore) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      {page > 1 && <a href={withQuery({ page: page === 2 ? null : String(page - 1) })}>Previous</a>}
      <span class="soft">
        Page <span class="number">{page}</span>
        {total !== null && (
          <>
            , <span class="number">{total.toLocaleString('en')}</span> {what}
          </>
        )}
      </span>
      {hasMore && <a href={withQuery({ page: String(page + 1) })}>Next</a>}
    </nav>
  );
}
