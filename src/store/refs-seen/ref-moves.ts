import { type EffectRecord, type HeldBy, putEffect } from '../effects/outbox.ts';
import { fromJson, toJson } from '../schema/json.ts';
import type { Db, Tx } from '../store.ts';

/** A branch or tag that came to be where it is, and for which a pipeline may have to be made. */
export interface RefMove {
  readonly projectId: number;
  /** In full. */
  readonly ref: string;
  readonly sha: string;
  /** Null: it is new. */
  readonly beforeSha: string | null;
  /** Null: found by a sweep, nobody knows who moved it. */
  readonly userId: number | null;
  /** `-o ci.skip` */
  readonly isSkipped: boolean;
  /** `-o ci.variable=` */
  readonly variables: readonly { readonly key: string; readonly value: string }[];
  /** `-o ci.input=` */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The outbox kind of a `RefMove`. */
export const REF_MOVE = 'ref';

interface Body extends Omit<RefMove, 'projectId' | 'variables' | 'inputs'> {
  /** Variables and inputs may be secrets. */
  readonly sealed: string;
}

/** Part of the transaction that takes note of the ref. Returns the effect's id. */
export async function putRefMove(tx: Tx, move: RefMove, held: HeldBy | null): Promise<number> {
  const { projectId, variables, inputs, ...plain } = move;
  const body: Body = { ...plain, sealed: tx.sealer.seal(identityOf(projectId, move), toJson({ variables, inputs })) };
  const subject = { projectId, pipelineId: null, jobId: null };
  return await putEffect(tx, { kind: REF_MOVE, ...subject, body, dueAt: tx.now() }, held);
}

export function refMoveOf(db: Pick<Db, 'sealer'>, { projectId, body }: EffectRecord): RefMove {
  if (projectId === null) throw new Error('bug: a move of a ref is of a project');
  const { sealed, ...plain } = body as Body;
  const given = fromJson<Pick<RefMove, 'variables' | 'inputs'>>(db.sealer.open(identityOf(projectId, plain), sealed));
  return { projectId, ...plain, ...given };
}

function identityOf(projectId: number, { ref, sha }: Pick<RefMove, 'ref' | 'sha'>): string {
  return `ref-move:${projectId}:${ref}:${sha}`;
}
