import type { ViewProps } from '../../router/entry.ts';
import { ObligationsOf } from './obligations-of.tsx';

/** What a project owes, and what its cleanups left undone. */
export default function Obligations({ params, query }: ViewProps<'project'>) {
  return <ObligationsOf project={params.project} query={query} />;
}
