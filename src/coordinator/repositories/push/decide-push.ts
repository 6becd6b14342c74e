import type { PushCommand, RefDecision } from '../../../git/index.ts';
import type { ProtectedRef } from '../../../store/index.ts';
import { ACCESS_LEVELS } from '../../access/index.ts';
import { fitsPattern } from '../../pipelines/index.ts';
import type { ProjectForPush } from './project-for-push.ts';
import { isNoSha, type NamedRef, namedRef } from './ref-name.ts';

/** Who pushes, and to what. */
export interface PushSituation {
  /** Access level of the pusher in the project. */
  readonly level: number;
  readonly project: Pick<ProjectForPush, 'defaultBranch' | 'protectedRefs'>;
  /** The repository has no branch yet. */
  readonly isEmpty: boolean;
}

/** May this ref be moved by them? That they may push to the project at all, and that the name is one, is somebody else's question. */
export function decidePush(command: PushCommand, situation: PushSituation): RefDecision {
  const named = namedRef(command.ref);
  if (named === null) {
    if (command.ref.startsWith('refs/notes/')) return 'allow';
    return { refuse: 'only branches, tags and notes can be pushed' };
  }
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(named.name)) {
    return { refuse: `a ${named.kind} cannot have the name of a commit` };
  }
  return named.kind === 'branch' ? decideBranch(command, named, situation) : decideTag(command, named, situation);
}

function decideBranch(command: PushCommand, { name }: NamedRef, situation: PushSituation): RefDecision {
  const { level, project, isEmpty } = situation;
  const rules = rulesFor(project, { kind: 'branch', name });
  if (isNoSha(command.newSha)) {
    if (name === project.defaultBranch) return { refuse: 'the default branch cannot be deleted' };
    return rules.length > 0 ? { refuse: 'a protected branch cannot be deleted by a push' } : 'allow';
  }
  // The first branch becomes the default one, which is protected.
  const least = rules.length > 0 ? leastOf(rules) : isEmpty ? ACCESS_LEVELS.maintainer : 0;
  if (level < least) return { refuse: 'you may not push to this protected branch' };
  return rules.length > 0 && !isNoSha(command.oldSha) ? 'fast_forward_only' : 'allow';
}

function decideTag(command: PushCommand, named: NamedRef, { level, project }: PushSituation): RefDecision {
  const rules = rulesFor(project, named);
  if (rules.length === 0) return 'allow';
  if (isNoSha(command.newSha)) return { refuse: 'a protected tag cannot be deleted by a push' };
  if (!isNoSha(command.oldSha)) return { refuse: 'a protected tag cannot be moved' };
  return level < leastOf(rules) ? { refuse: 'you may not make this protected tag' } : 'allow';
}

function rulesFor({ protectedRefs }: PushSituation['project'], { kind, name }: NamedRef): readonly ProtectedRef[] {
  return protectedRefs.filter((rule) => rule.kind === kind && fitsPattern(name, rule.pattern));
}

/** Of several rules the most generous one counts; a role of 0 is nobody's. */
function leastOf(rules: readonly ProtectedRef[]): number {
  return Math.min(...rules.map(({ pushRole }) => (pushRole === 0 ? Number.POSITIVE_INFINITY : pushRole)));
}
