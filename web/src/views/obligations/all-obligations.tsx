import type { ViewProps } from '../../router/entry.ts';
import { ObligationsOf } from './obligations-of.tsx';

/** The same of all projects. */
export default function AllObligations({ query }: ViewProps) {
  return <ObligationsOf project={null} query={query} />;
}
