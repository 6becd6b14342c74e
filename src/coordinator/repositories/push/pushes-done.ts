import type { ExpectedPushRecord, RefNote } from '../../../store/index.ts';
import { isNoSha } from './ref-name.ts';

/** A repository, and what was written of it when somebody last took note. Refs in full; what is not there is missing. */
export interface RefsNow {
  readonly current: ReadonlyMap<string, string>;
  readonly seen: ReadonlyMap<string, RefNote>;
}

type Commands = ExpectedPushRecord['refs'];

/** A push that git is known to have carried out. */
export interface KnownPush {
  /** Null: it was not written down. */
  readonly id: number | null;
  readonly refs: Commands;
}

/** What git has done of a push that was written down. */
export interface PushDone {
  readonly push: ExpectedPushRecord;
  /** Those of its refs that moved as it wished. */
  readonly refs: Commands;
}

/**
 * Of pushes that nobody took note of, in the given order (the newest first): those that git has carried out, `known` left out. One that moved a ref to where
 * it is now, and each that moved it to where the next one found it: git moves a ref only from where its pusher saw it, so that a later push bears
 * witness of those before it.
 */
export function pushesDone(
  expected: readonly ExpectedPushRecord[],
  now: RefsNow,
  known: KnownPush | null = null,
): readonly PushDone[] {
  const names = new Set(expected.flatMap(({ refs }) => refs.map(({ ref }) => ref)));
  const lines = new Map([...names].map((ref) => [ref, lineOf(ref, expected, { now, known })]));
  return expected
    .map((push) => ({ push, refs: push.refs.filter(({ ref }) => lines.get(ref)?.has(push.id) === true) }))
    .filter(({ refs }) => refs.length > 0);
}

/**
 * Ids of the pushes that have led one ref to where it is, looked for backwards from there. Beyond where it was last seen they count only if they lead back
 * to there once more: the branch was led away and back. Any other of them came to nothing, and was made good by one that was taken note of.
 */
function lineOf(
  ref: string,
  expected: readonly ExpectedPushRecord[],
  { now, known }: { readonly now: RefsNow; readonly known: KnownPush | null },
): ReadonlySet<number> {
  const seen = now.seen.get(ref)?.sha ?? null;
  const sure = commandFor(ref, known);
  const line = new Set<number>();
  let at = now.current.get(ref) ?? null;
  let isSurePassed = sure === null;
  let hasMetSeen = at === seen;
  let open: number[] = [];
  const goBack = (oldSha: string): void => {
    at = placeOf(oldSha);
    if (at !== seen) return;
    hasMetSeen = true;
    for (const id of open) line.add(id);
    open = [];
  };
  const passSure = (): void => {
    if (sure !== null && !isSurePassed) goBack(sure.oldSha);
    isSurePassed = true;
  };
  // Another one may have wished the same, and come too late.
  if (sure !== null && placeOf(sure.newSha) === at) passSure();
  for (const push of expected) {
    if (push.id <= (known?.id ?? 0)) passSure();
    const command = commandFor(ref, push);
    if (push.id === known?.id || command === null || placeOf(command.newSha) !== at) continue;
    open.push(push.id);
    goBack(command.oldSha);
  }
  // Something else has moved it too, so that nothing leads to where it was seen.
  return hasMetSeen ? line : new Set([...line, ...open]);
}

function commandFor(ref: string, push: Pick<KnownPush, 'refs'> | null): Commands[number] | null {
  return push?.refs.find((command) => command.ref === ref) ?? null;
}

function placeOf(sha: string): string | null {
  return isNoSha(sha) ? null : sha;
}

/** Those that have moved one of these refs, or a ref that one of those has moved: they are taken note of together, as where a ref is now says nothing of them any more once it is written. */
export function linkedTo(done: readonly PushDone[], refs: readonly { readonly ref: string }[]): readonly PushDone[] {
  const names = new Set(refs.map(({ ref }) => ref));
  let linked: readonly PushDone[] = [];
  for (;;) {
    const found = done.filter((each) => each.refs.some(({ ref }) => names.has(ref)));
    if (found.length === linked.length) return linked;
    linked = found;
    for (const { refs: more } of found) for (const { ref } of more) names.add(ref);
  }
}
