import type { Browser, Page } from 'playwright-core';

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
];
/** A page that asks for the next frame in each has one whenever its main thread lets it. */
const TICK = 'globalThis.tick = () => { globalThis.ticking = requestAnimationFrame(tick); }; tick()';
const INPUTS = /^(wheel|mousemove|scroll)$/;

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly args: { readonly data?: { readonly type?: string } };
}

export interface Frames {
  /** That were drawn. */
  readonly drawn: number;
  /** The longest time from one to the next, be it of the main thread's or of those drawn. */
  readonly longestMs: number;
  /** The longest piece of work on the main thread. */
  readonly longestTaskMs: number;
}

/** The frames of a page from the first to the last input of `scrolling`, of which each has to change what is seen. */
export async function traceFrames(browser: Browser, page: Page, scrolling: () => Promise<void>): Promise<Frames> {
  await page.evaluate(TICK);
  await browser.startTracing(page, { categories: CATEGORIES });
  await scrolling();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  await page.evaluate('cancelAnimationFrame(ticking)');
  const inputs = trace.traceEvents.filter(
    ({ name, args }) => name === 'EventDispatch' && INPUTS.test(args.data?.type ?? ''),
  );
  const first = inputs.reduce((a, b) => (b.ts < a.ts ? b : a));
  const last = inputs.reduce((a, b) => (b.ts > a.ts ? b : a));
  const meanwhile = trace.traceEvents.filter(({ pid, ts }) => pid === first.pid && ts >= first.ts && ts <= last.ts);
  const at = (frame: string): number[] => meanwhile.filter(({ name }) => name === frame).map(({ ts }) => ts);
  const tasks = meanwhile.filter(({ name, tid }) => name === 'RunTask' && tid === first.tid);
  return {
    drawn: at('DrawFrame').length,
    longestMs: Math.max(longestGap(at('DrawFrame')), longestGap(at('BeginMainThreadFrame'))) / 1_000,
    longestTaskMs: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000,
  };
}

function longestGap(instants: readonly number[]): number {
  const sorted = instants.toSorted((a, b) => a - b);
  // Without two frames nothing was seen to move, which must not pass for smooth.
  return sorted.length < 2
    ? Number.POSITIVE_INFINITY
    : Math.max(...sorted.slice(1).map((at, i) => at - (sorted[i] ?? at)));
}
