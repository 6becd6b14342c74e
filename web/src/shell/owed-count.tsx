import { useEffect, useState } from 'preact/hooks';
import { call } from '../api/call.ts';
import { address } from '../router/address.ts';

/** They are seldom, and their page is live: an own watch would keep every tab's stream open for good. */
const AGAIN_MS = 60_000;

/** How many cleanups of a project did not end well, and nobody has seen to. Those that are only owed are what runs. */
export function OwedCount({ project }: { readonly project: string }) {
  const { path } = address.value;
  const [count, setCount] = useState(0);
  useEffect(() => {
    const leave = new AbortController();
    const look = async (): Promise<void> => {
      const params = { id: project };
      const answer = await call('GET /api/v4/projects/:id/obligations/sums', { params, signal: leave.signal });
      if (leave.signal.aborted || !answer.ok) return;
      const { failed, timed_out, skipped, lost } = answer.value;
      setCount(failed + timed_out + skipped + lost);
    };
    void look();
    const timer = setInterval(() => {
      if (!document.hidden) void look();
    }, AGAIN_MS);
    return () => {
      clearInterval(timer);
      leave.abort();
    };
  }, [project, path]);
  if (count === 0) return null;
  return (
    <span class="owed-count" data-hue="bad" title="Cleanups that did not end well, and nobody has seen to">
      {count.toLocaleString('en')}
    </span>
  );
}
