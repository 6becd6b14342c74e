import { batch, computed, effect, signal } from '@preact/signals';
import type { Log } from '../lines/open-log.ts';
import { foldsOf, isHidden, lineOf, rowOf, type Section } from './folds.ts';
import {
  type Heights,
  isAtEnd,
  lastPosition,
  moveBy,
  type Position,
  positionAt,
  positionOfRow,
  TOP,
} from './geometry.ts';
import type { LineRange } from './line-address.ts';

/** Pixels of a row that is not wrapped; log.css says the same. */
export const ROW_PX = 24;

/**
 * Where somebody is in a log, and what of it is folded and wrapped. Begins at the first of the lines that the address names, else where
 * the log failed, else at its end. Signals are read by anybody and written here only, but for `range`.
 */
export class Reader {
  readonly log: Log;
  /** Lines that the address names. */
  readonly range = signal<LineRange | null>(null);
  readonly wrap = signal(false);
  readonly position = signal<Position>(TOP);
  /** Another number whenever the position changed otherwise than by the scroller, which is to be put there then. */
  readonly placed = signal(0);
  readonly #view = signal(0);
  readonly #seenTotal = signal(0);
  readonly #known = signal<ReadonlyMap<number, number>>(new Map());
  /** Sections whose state is another than the log says. */
  readonly #turned = signal<ReadonlySet<string>>(new Set());
  readonly #total = computed(() => this.log.extent.value?.total ?? 0);
  readonly #folded = computed(() => (this.log.extent.value?.sections ?? []).filter((one) => this.isFolded(one)));
  readonly folds = computed(() => foldsOf(this.#folded.value, this.#total.value));
  readonly heights = computed<Heights>(() => ({
    rows: this.#total.value - this.folds.value.count,
    view: Math.max(1, this.#view.value),
    usual: this.wrap.value ? usualOf(this.#known.value) : ROW_PX,
    known: this.wrap.value ? this.#known.value : null,
  }));
  /** Lines that came since the end was left. */
  readonly unseen = computed(() => (this.following.value ? 0 : Math.max(0, this.#total.value - this.#seenTotal.value)));
  readonly #stops: readonly (() => void)[];

  constructor(log: Log, first: LineRange | null) {
    this.log = log;
    this.range.value = first;
    this.#stops = [this.#begin(first), this.#keepFollowing()];
  }

  get following() {
    return this.log.following;
  }

  isFolded(section: Section): boolean {
    return section.is_collapsed !== this.#turned.value.has(keyOf(section));
  }

  toggle(section: Section): void {
    this.#keepTop(() => this.#turn([section]));
  }

  setWrap(wrap: boolean): void {
    this.#keepTop(() => {
      this.wrap.value = wrap;
    });
  }

  /** Pixels of the view. `isWider`: lines may be wrapped elsewhere now. */
  resize(view: number, isWider: boolean): void {
    if (isWider && this.wrap.value) this.#keepTop(() => undefined);
    this.#view.value = view;
  }

  /** Heights of rows that were drawn, with wrapped lines. */
  measure(rows: ReadonlyMap<number, number>): void {
    const known = this.#known.value;
    const changed = [...rows].filter(([row, height]) => known.get(row) !== height);
    if (changed.length > 0) this.#known.value = new Map([...known, ...changed]);
  }

  /** The scroller was moved, by a little (`by`) or to a place in proportion (`to`). */
  scroll(move: { readonly by: number } | { readonly to: number }): void {
    batch(() => {
      const heights = this.heights.value;
      const before = this.position.value;
      const next = 'to' in move ? positionAt(heights, move.to) : moveBy(heights, before, move.by);
      this.position.value = next;
      const isDown = next.row > before.row || (next.row === before.row && next.px > before.px);
      const isFollowing = isAtEnd(heights, next) && (isDown || this.following.value);
      if (isFollowing !== this.following.value) this.#seenTotal.value = this.#total.value;
      this.following.value = isFollowing;
    });
  }

  /** Opens what hides a line and shows it. */
  jump(line: number): void {
    batch(() => {
      if (this.following.value) this.#seenTotal.value = this.#total.value;
      this.following.value = false;
      if (isHidden(this.folds.value, line)) this.#turn(this.#folded.value.filter((section) => hides(section, line)));
      this.#place(positionOfRow(this.heights.value, rowOf(this.folds.value, line)));
    });
  }

  follow(): void {
    batch(() => {
      this.following.value = true;
      this.#place(lastPosition(this.heights.value));
    });
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #begin(first: LineRange | null): () => void {
    let isOpen = false;
    return effect(() => {
      const extent = this.log.extent.value;
      // Where a line is put depends on how many fit.
      if (extent === null || this.#view.value === 0 || isOpen) return;
      isOpen = true;
      const line = first?.first ?? (extent.growing ? null : extent.failed_line);
      this.#seenTotal.value = extent.total;
      if (line === null) this.follow();
      else this.jump(line);
    });
  }

  #keepFollowing(): () => void {
    return effect(() => {
      const last = lastPosition(this.heights.value);
      if (!this.following.value) return;
      const before = this.position.peek();
      if (before.row !== last.row || before.px !== last.px) this.#place(last);
    });
  }

  #turn(sections: readonly Section[]): void {
    const turned = new Set(this.#turned.value);
    for (const key of sections.map(keyOf)) if (!turned.delete(key)) turned.add(key);
    this.#turned.value = turned;
    this.#known.value = new Map();
  }

  /** Changes what rows there are, or their heights, and keeps the topmost line where it is. */
  #keepTop(change: () => void): void {
    batch(() => {
      const line = lineOf(this.folds.value, this.position.value.row);
      change();
      this.#known.value = new Map();
      this.#place({ row: rowOf(this.folds.value, line), px: 0 });
    });
  }

  #place(position: Position): void {
    this.position.value = position;
    this.placed.value += 1;
  }
}

function keyOf({ name, start_line }: Section): string {
  return `${start_line} ${name}`;
}

function hides({ start_line, end_line }: Section, line: number): boolean {
  return line > start_line && (end_line === null || line < end_line);
}

/** The height that rows have on the average where they are wrapped, so that the bar's length is about right. */
function usualOf(known: ReadonlyMap<number, number>): number {
  if (known.size === 0) return ROW_PX;
  const sum = [...known.values()].reduce((all, height) => all + height, 0);
  return Math.max(ROW_PX, sum / known.size);
}
