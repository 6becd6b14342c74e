import { useEffect, useRef, useState } from 'preact/hooks';
import { monotonicMs } from './clock.ts';

/** Faster nobody reads; measured, 1,000 changes of a pipeline of 200 jobs kept the page busy five times as long without. */
const PACE_MS = 250;

/** What `setTimeout` never answers. */
const NONE = 0;

/**
 * As `useState`, for what is told in bursts: the first change is drawn at once, those that come right after it together, four times a
 * second at most. A change is given what there was before it, drawn or not.
 */
export function usePaced<S>(initial: S): readonly [S, (change: (before: S) => S) => void] {
  const [drawn, draw] = useState(initial);
  const pace = useRef({ latest: initial, drawnAtMs: Number.NEGATIVE_INFINITY, timer: NONE });
  useEffect(() => () => clearTimeout(pace.current.timer), []);
  const show = (): void => {
    pace.current.timer = NONE;
    pace.current.drawnAtMs = monotonicMs();
    draw(() => pace.current.latest);
  };
  const change = (how: (before: S) => S): void => {
    pace.current.latest = how(pace.current.latest);
    if (pace.current.timer !== NONE) return;
    const waitMs = PACE_MS - (monotonicMs() - pace.current.drawnAtMs);
    if (waitMs <= 0) show();
    else pace.current.timer = window.setTimeout(show, waitMs);
  };
  return [drawn, change];
}
