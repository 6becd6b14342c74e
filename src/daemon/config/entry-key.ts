import { createHash } from 'node:crypto';

/** The `key` of an entry: what tells it from others also when its token is drawn anew, where the server's number of it is known. */
export function entryKey({
  url,
  id,
  token,
}: {
  /** Null: the server may move. */
  readonly url: string | null;
  readonly id: number | null;
  readonly token: string;
}): string {
  const who = id === null ? `token ${token}` : `id ${id}`;
  return createHash('sha256')
    .update(`${url ?? ''} ${who}`)
    .digest('hex')
    .slice(0, 16);
}
