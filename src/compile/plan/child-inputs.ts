import type { Trigger } from '../../protocol/index.ts';

/** Values for `spec:inputs` of a child's own file. Where a file that includes several stands for it, each of its entries names its own. */
export function childInputs(trigger: Trigger | null): Readonly<Record<string, unknown>> {
  const [only, ...others] = trigger?.include ?? [];
  return (others.length === 0 && only?.inputs) || {};
}
