import { didYouMean } from '../../base/index.ts';
import type { Session } from '../session.ts';
import { applyFunction, MAX_FUNCTIONS } from './functions.ts';

/** What a block stands for. `other`: it is no business of inputs and stays as it is written. */
export type BlockValue =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'other' }
  | { readonly kind: 'wrong'; readonly reason: string; readonly hint?: string };

/** @param inside what stands between `$[[` and `]]` */
export function evaluateBlock(inside: string, values: ReadonlyMap<string, unknown>, session: Session): BlockValue {
  const [access = '', ...functions] = inside.split('|').map((part) => part.trim());
  const [context = '', ...rest] = access.split('.');
  const name = rest.join('.');
  if (context === 'matrix') return { kind: 'other' };
  if (context !== 'inputs' || name === '') {
    return { kind: 'wrong', reason: `only inputs.NAME can be put in here, not "${access}"` };
  }
  if (!values.has(name))
    return { kind: 'wrong', reason: `there is no input "${name}"`, ...didYouMean(name, values.keys()) };
  if (functions.length > MAX_FUNCTIONS) return { kind: 'wrong', reason: `more than ${MAX_FUNCTIONS} functions` };
  let value = values.get(name);
  for (const written of functions) {
    const made = applyFunction(written, value, session);
    if ('reason' in made) return { kind: 'wrong', reason: made.reason };
    value = made.text;
  }
  return { kind: 'value', value };
}
