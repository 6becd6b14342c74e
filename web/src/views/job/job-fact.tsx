import type { ComponentChildren } from 'preact';

/** Nothing where there is nothing to say. */
export function Fact({ word, children }: { readonly word: string; readonly children?: ComponentChildren }) {
  if (children === null || children === undefined || children === false || children === '') return null;
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}
