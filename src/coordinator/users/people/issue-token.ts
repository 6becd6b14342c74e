import { insertToken, type NewToken, type Tx } from '../../../store/index.ts';
import { drawToken, hashToken, TOKEN_PREFIXES } from '../../access/index.ts';

/** A new token, which is shown this once. */
export async function issueToken(
  tx: Tx,
  token: Omit<NewToken, 'tokenHash'>,
): Promise<{ readonly id: number; readonly token: string }> {
  const text = drawToken(TOKEN_PREFIXES[token.kind]);
  return { id: await insertToken(tx, { ...token, tokenHash: hashToken(text) }), token: text };
}
