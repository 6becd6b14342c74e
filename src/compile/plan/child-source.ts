import type { PlannedJob } from '../../protocol/index.ts';
import type { CompileSource } from '../context.ts';

export interface ChildSource {
  /** From the top of the repository, the only file of the child; null: there are several, or none. */
  readonly path: string | null;
  /** Stands for the child's file: includes all that it is made of. */
  readonly joined: CompileSource;
}

/** What the child pipeline of a trigger job is compiled from. */
export function childSource({ name, trigger }: PlannedJob): ChildSource {
  const includes = trigger?.include ?? [];
  const [first] = includes;
  return {
    path: includes.length === 1 && first !== undefined ? first.local.replace(/^\/+/, '') : null,
    joined: { file: `(trigger of ${name})`, text: `include: ${JSON.stringify(includes)}\n` },
  };
}
