import type { AnswerOf, Result } from '../../api/call.ts';
import { type Column, ListTable } from '../../lists/list-table.tsx';
import { PressTwice } from '../../lists/press-twice.tsx';
import type { List } from '../../lists/use-list.ts';
import { Name } from '../../parts/name.tsx';
import { Ago } from '../../parts/time.tsx';
import { roleWord } from '../members/roles.ts';

type Token = AnswerOf<'GET /api/v4/personal_access_tokens'>[number] & { readonly access_level?: number };

interface TokenTableProps<T extends Token> {
  readonly list: List<T>;
  readonly revoke: (id: number) => Promise<Result<unknown>>;
  /** Its role is said. */
  readonly isOfProject: boolean;
}

/** Tokens that open something, and the way to end that. */
export function TokenTable<T extends Token>({ list, revoke, isOfProject }: TokenTableProps<T>) {
  const role: Column<T> = { head: 'Role', cell: ({ access_level: level }) => level !== undefined && roleWord(level) };
  const columns: readonly Column<T>[] = [
    { head: 'Name', cell: ({ name }) => <Name text={name} /> },
    ...(isOfProject ? [role] : []),
    { head: 'Scopes', cell: ({ scopes }) => scopes.join(', ') },
    { head: 'Last used', cell: ({ last_used_at: at }) => (at === null ? 'never' : <Ago at={at} />) },
    { head: 'Expires', cell: ({ expires_at: day }) => <span class="number">{day ?? 'never'}</span> },
    {
      head: 'Actions',
      isHeard: true,
      cell: ({ id, name }) => (
        <PressTwice
          word="Revoke"
          sure="Revoke for good"
          of={name}
          stake="What uses it stops working."
          deed={() => revoke(id)}
          onDone={list.again}
        />
      ),
    },
  ];
  const empty = <p class="soft">None.</p>;
  return <ListTable list={list} what="tokens" columns={columns} keyOf={({ id }) => id} empty={empty} />;
}
