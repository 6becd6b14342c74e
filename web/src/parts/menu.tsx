import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './menu.css';

interface MenuProps {
  readonly label: ComponentChildren;
  readonly children: ComponentChildren;
}

/** Links and buttons behind a button: the browser's own disclosure. Escape, a click elsewhere or a choice closes it. */
export function Menu({ label, children }: MenuProps) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const { current } = details;
      if (current === null || !current.open) return;
      const isInside = event.target instanceof Node && current.contains(event.target);
      if (event instanceof KeyboardEvent) {
        if (event.key !== 'Escape') return;
        current.open = false;
        current.querySelector('summary')?.focus();
        return;
      }
      const isChoice = isInside && event.target instanceof Element && event.target.closest('a, button') !== null;
      if (!isInside || isChoice) current.open = false;
    };
    const leave = new AbortController();
    addEventListener('click', close, { signal: leave.signal });
    addEventListener('keydown', close, { signal: leave.signal });
    return () => leave.abort();
  }, []);
  return (
    <details class="menu" ref={details}>
      <summary>{label}</summary>
      <div>{children}</div>
    </details>
  );
}
