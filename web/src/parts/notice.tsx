import type { ComponentChildren } from 'preact';
import './notice.css';

interface NoticeProps {
  readonly title: string;
  /** It is all that the page has to say. */
  readonly isWhole?: boolean;
  readonly children?: ComponentChildren;
  /** What one can do about it. */
  readonly action?: ComponentChildren;
}

/** In place of content: nothing is there, or it cannot be shown, and what to do then. */
export function Notice({ title, isWhole = false, children, action }: NoticeProps) {
  return (
    <section class="notice">
      {isWhole ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <p>{action}</p>}
    </section>
  );
}
