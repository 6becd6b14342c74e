import { clockWords } from '../../words/time.ts';

/** From one instant to another, where both are there. */
export function Took({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  if (from === null || to === null) return null;
  return <span class="number">{clockWords((Date.parse(to) - Date.parse(from)) / 1000)}</span>;
}
