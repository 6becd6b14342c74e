import type { ComponentType } from 'preact';
import { compilePattern, type NamesOf, type Params } from './pattern.ts';

/** What a view is given. Another `params` mounts it anew, another query or hash does not. */
export interface ViewProps<Names extends string = never> {
  /** From the path, decoded. */
  readonly params: Readonly<Record<Names, string>>;
  readonly query: URLSearchParams;
  /** Without `#`. */
  readonly hash: string;
}

type View = ComponentType<ViewProps<string>>;

/** An address, and the view that shows it. */
export interface Entry {
  readonly match: (path: string) => Params | null;
  readonly load: () => Promise<{ readonly default: View }>;
}

/** Checks that the view takes no parameter that the address does not have. */
export function entry<P extends string>(
  at: P,
  load: () => Promise<{ readonly default: ComponentType<ViewProps<NamesOf<P>>> }>,
): Entry {
  return { match: compilePattern(at), load: load as Entry['load'] };
}
