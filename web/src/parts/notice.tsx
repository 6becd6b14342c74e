import type { ComponentChildren } from 'preact';
import './notice.css';

interface NoticeProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  /** What one can do about it. */
  readonly action?: ComponentChildren;
}

/** In place of content: nothing is there, or it cannot be shown, and what to do then. */
export function Notice({ title, children, action }: NoticeProps) {
  return (
    <section class="notice">
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <p>{action}</p>}
    </section>
  );
}
