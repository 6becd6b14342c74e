import { findManagerById } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { SaidOfRunner } from './runner-info.ts';

/** Tells a manager that says it is in quarantine that somebody has released it: from that one, by the instant that it began. */
export async function releaseHeaders(
  { store }: Pick<Parts, 'store'>,
  managerId: number,
  { quarantine }: SaidOfRunner,
): Promise<Readonly<Record<string, string>>> {
  if (quarantine === null) return {};
  const manager = await store.read((db) => findManagerById(db, managerId));
  return manager?.released === quarantine.since ? { 'epilogue-release': quarantine.since } : {};
}
