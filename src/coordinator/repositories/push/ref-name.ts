/** A branch or tag by its name in full; null: another kind of ref. */
export interface NamedRef {
  readonly kind: 'branch' | 'tag';
  readonly name: string;
}

export function namedRef(ref: string): NamedRef | null {
  const [, group, name = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  if (group === undefined) return null;
  return { kind: group === 'heads' ? 'branch' : 'tag', name };
}

/** The sha of a ref that is not there. */
export function isNoSha(sha: string): boolean {
  return /^0+$/.test(sha);
}
