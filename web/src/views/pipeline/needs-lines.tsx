import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import type { RefObject } from 'preact';
import type { Graph } from './pipeline-job.ts';

interface LinesProps {
  /** What the cards stand in. */
  readonly frame: RefObject<HTMLElement | null>;
  readonly graph: Graph;
  /** Positions of the card that has the pointer or the focus. */
  readonly pointed: ReadonlySignal<readonly number[]>;
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly path: string;
}

/**
 * From what a job needs to the job, while it has the pointer or the focus. One that waits for whole stages has none: lines to everything
 * say nothing.
 */
export function NeedsLines({ frame, graph, pointed }: LinesProps) {
  const drawn = useSignal<Drawn | null>(null);
  useSignalEffect(() => {
    const positions = pointed.value;
    const { current } = frame;
    drawn.value = current === null ? null : draw(current, graph, positions);
  });
  if (drawn.value === null) return null;
  const { width, height, path } = drawn.value;
  return (
    <svg class="needs" width={width} height={height} aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

function draw(frame: HTMLElement, graph: Graph, positions: readonly number[]): Drawn | null {
  const needed = new Set(positions.flatMap((position) => graph.jobs[position]?.needs ?? []));
  const to = cardAt(frame, positions[0]);
  if (needed.size === 0 || to === null) return null;
  const cards = new Set([...needed].flatMap((position) => cardAt(frame, position) ?? []));
  cards.delete(to);
  if (cards.size === 0) return null;
  const frameBox = frame.getBoundingClientRect();
  const [left, top] = [frameBox.left - frame.scrollLeft, frameBox.top - frame.scrollTop];
  const end = to.getBoundingClientRect();
  const [endX, endY] = [end.left - left, end.top - top + 16];
  const curves = [...cards].map((card) => {
    const box = card.getBoundingClientRect();
    const [x, y] = [box.right - left, box.top - top + 16];
    // Below one another in one column: around the cards' left side.
    if (x > endX) return `M${box.left - left} ${y}C${box.left - left - 24} ${y} ${endX - 24} ${endY} ${endX} ${endY}`;
    const bend = (endX - x) / 2;
    return `M${x} ${y}C${x + bend} ${y} ${endX - bend} ${endY} ${endX} ${endY}`;
  });
  return { width: frame.scrollWidth, height: frame.scrollHeight, path: curves.join('') };
}

function cardAt(frame: HTMLElement, position: number | undefined): Element | null {
  return position === undefined ? null : frame.querySelector(`[data-at~="${position}"]`);
}
