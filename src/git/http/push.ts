/** What a pusher wants of one ref; a sha of zeros: there is none. */
export interface PushCommand {
  /** In full, UTF-8. */
  readonly ref: string;
  readonly oldSha: string;
  readonly newSha: string;
}

/**
 * `fast_forward_only` holds for all branches of the push: git knows no finer one without a hook. A forced branch in the same push
 * is refused, with the advice to push it on its own.
 */
export type RefDecision = 'allow' | 'fast_forward_only' | { readonly refuse: string };

export interface Push {
  readonly commands: readonly PushCommand[];
  /** `-o`, in order. */
  readonly options: readonly string[];
}

export interface PushedRef extends PushCommand {
  /** Whether the ref is at `newSha` by this push. */
  readonly accepted: boolean;
  /** Why not, one line; null when accepted. */
  readonly reason: string | null;
}

export interface PushResult {
  readonly refs: readonly PushedRef[];
  readonly options: readonly string[];
}

/** What the owner of the repository has to say about a push. */
export interface PushPolicy {
  /** Before git sees any of it; a decision a command, in order. Refusals are one line. */
  decide(push: Push): Promise<readonly RefDecision[]>;
  /**
   * After the refs moved, exactly once for each push that had commands and was decided, also when the client is gone. The lines are
   * printed to the pusher; they are left out when they take too long. What it throws comes out of `done`, after the client had its answer.
   */
  finished(result: PushResult): Promise<readonly string[]>;
}
