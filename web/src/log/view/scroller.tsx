import { useComputed } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { HeldLine } from '../lines/held-lines.ts';
import { lineOf, type Section } from '../place/folds.ts';
import { rowsInView, scrollerHeight } from '../place/geometry.ts';
import { extended, type LineRange } from '../place/line-address.ts';
import type { Reader } from '../place/reader.ts';
import { Row } from './row.tsx';
import { ScrollBar } from './scroll-bar.ts';

/** Rows that are drawn above and below the view. */
const MORE = 5;
/** The section in which a cleanup runs. */
const CLEANUP = 'after_script';

interface ScrollerProps {
  readonly reader: Reader;
  readonly needle: string;
  /** The line that a search or a jump came to. */
  readonly focused: number | null;
  onRange(range: LineRange): void;
}

/**
 * The lines that are in view, and the browser's own scroller around them. The rows stand still in front of it (they are sticky) and are
 * drawn anew for each place: so nothing is ever blank, and putting the scroller elsewhere moves nothing.
 */
export function Scroller({ reader, needle, focused, onRange }: ScrollerProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const bar = useRef<ScrollBar | null>(null);
  const widest = useRef(0);
  const headers = useComputed(() => headersOf(reader.log.extent.value?.sections ?? []));
  const { log, position, heights, folds, wrap } = reader;
  const extent = log.extent.value;
  const inView = rowsInView(heights.value, position.value, MORE);
  const lines = Array.from({ length: inView.to - inView.from }, (_, i) => lineOf(folds.value, inView.from + i));
  const above = position.value.row - inView.from;
  void log.changes.value;

  useEffect(() => {
    const [first, last] = [lines[0], lines.at(-1)];
    if (first !== undefined && last !== undefined) log.want(first, last + 1);
  });
  useLayoutEffect(() => {
    const [outer, inner] = [scroller.current, rows.current];
    if (outer === null || inner === null) return;
    const scrollBar = new ScrollBar(outer, reader);
    bar.current = scrollBar;
    return () => scrollBar.stop();
  }, [reader]);
  const height = scrollerHeight(heights.value);
  useLayoutEffect(() => bar.current?.place(), [reader.placed.value]);
  useLayoutEffect(() => bar.current?.settle(), [height, extent?.total]);
  useLayoutEffect(() => {
    if (rows.current === null) return;
    const shift = wrap.value ? heightAbove(rows.current, above) : above * heights.value.usual;
    rows.current.style.translate = `0 ${-shift - position.value.px}px`;
    if (wrap.value) reader.measure(heightsOf(rows.current, inView.from));
  });

  widest.current = Math.max(widest.current, ...lines.map((line) => lengthOf(log.lines.line(line))));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard.
    <section class="log-scroller" ref={scroller} tabIndex={0} aria-label="Log">
      <div class="log-height" style={{ height: `${height}px` }}>
        <div class="log-view" style={{ height: `${heights.value.view}px` }}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: each number is a link, which the keyboard reaches by itself. */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
          <div
            class={wrap.value ? 'log-rows log-wrap' : 'log-rows'}
            ref={rows}
            style={{
              '--log-widest': wrap.value ? 0 : widest.current,
              '--log-digits': String(extent?.total ?? 0).length,
            }}
            onClick={(event) => clicked(event, reader, { headers: headers.value, onRange })}
          >
            <Rows reader={reader} lines={lines} needle={needle} focused={focused} headers={headers.value} />
          </div>
        </div>
      </div>
    </section>
  );
}

interface RowsProps {
  readonly reader: Reader;
  readonly lines: readonly number[];
  readonly needle: string;
  readonly focused: number | null;
  readonly headers: ReadonlyMap<number, Section>;
}

function Rows({ reader, lines, needle, focused, headers }: RowsProps) {
  const { log, range } = reader;
  const extent = log.extent.value;
  const cleanups = useComputed(() => (log.extent.value?.sections ?? []).filter(({ name }) => name === CLEANUP));
  void log.changes.value;
  return lines.map((line) => {
    const section = headers.get(line) ?? null;
    return (
      <Row
        key={line}
        line={line}
        held={log.lines.line(line)}
        needle={needle}
        section={section}
        isFolded={section !== null && reader.isFolded(section)}
        isNamed={range.value !== null && line >= range.value.first && line <= range.value.last}
        isFailed={line === extent?.failed_line}
        isCleanup={cleanups.value.some(
          ({ start_line, end_line }) => line >= start_line && line < (end_line ?? Number.POSITIVE_INFINITY),
        )}
        isFocused={line === focused}
      />
    );
  });
}

/** Sections by the line of their header; where two have the same, the one that is longer stands for both. */
function headersOf(sections: readonly Section[]): ReadonlyMap<number, Section> {
  const headers = new Map<number, Section>();
  for (const section of sections) {
    const before = headers.get(section.start_line);
    if (before === undefined || (before.end_line ?? Infinity) < (section.end_line ?? Infinity)) {
      headers.set(section.start_line, section);
    }
  }
  return headers;
}

interface Clicks {
  readonly headers: ReadonlyMap<number, Section>;
  onRange(range: LineRange): void;
}

/** A number names its line (with shift: all from the one before), a header's arrow folds. */
function clicked(event: MouseEvent, reader: Reader, { headers, onRange }: Clicks): void {
  const target = event.target instanceof Element ? event.target : null;
  const line = Number(target?.closest<HTMLElement>('[data-line]')?.dataset.line ?? Number.NaN);
  if (target === null || Number.isNaN(line) || event.ctrlKey || event.metaKey) return;
  const section = headers.get(line);
  if (target.closest('.log-number') !== null) {
    event.preventDefault();
    onRange(event.shiftKey ? extended(reader.range.value, line) : { first: line, last: line });
  } else if (section !== undefined && target.closest('.log-fold') !== null) {
    reader.toggle(section);
  }
}

function lengthOf(line: HeldLine | null): number {
  return line?.runs.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
}

function heightAbove(rows: HTMLElement, above: number): number {
  const anchor = rows.children[above];
  return anchor instanceof HTMLElement ? anchor.offsetTop : 0;
}

function heightsOf(rows: HTMLElement, first: number): ReadonlyMap<number, number> {
  return new Map([...rows.children].map((row, i) => [first + i, Math.max(1, (row as HTMLElement).offsetHeight)]));
}
