import { greatestStep, scrollTopOf } from '../place/geometry.ts';
import { type Reader, ROW_PX } from '../place/reader.ts';

/** After so long without a move the scroller is put where the position is in proportion. */
const IDLE_MS = 150;

/** No window is higher; a page that gave the log no height would make it draw all of its lines. */
const MAX_VIEW = 5_000;

/** Joins the browser's scroller with a reader's position. */
export class ScrollBar {
  readonly #scroller: HTMLElement;
  readonly #reader: Reader;
  readonly #sizes: ResizeObserver;
  readonly #stopped = new AbortController();
  #last = 0;
  #width = 0;
  #isDragged = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(scroller: HTMLElement, reader: Reader) {
    this.#scroller = scroller;
    this.#reader = reader;
    const { signal } = this.#stopped;
    scroller.addEventListener('scroll', () => this.#moved(), { passive: true, signal });
    // A press beside the content is one on the bar; where it ends need not be said to the page.
    scroller.addEventListener(
      'pointerdown',
      ({ target, offsetX }) => {
        this.#isDragged = target === scroller && offsetX >= scroller.clientWidth;
      },
      { signal },
    );
    for (const name of ['wheel', 'keydown', 'touchmove', 'pointerup'] as const) {
      addEventListener(name, () => this.#released(), { passive: true, signal });
    }
    this.#sizes = new ResizeObserver(() => this.#resized());
    this.#sizes.observe(scroller);
    this.#resized();
  }

  /** Puts the scroller where the position is. */
  place(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    const { heights, position } = this.#reader;
    const top = scrollTopOf(heights.value, position.value);
    // Said again, the same place would end a move that the browser makes softly.
    if (Math.abs(this.#scroller.scrollTop - top) >= 1) this.#scroller.scrollTop = top;
    this.#last = this.#scroller.scrollTop;
  }

  /** The same, for a scroller of another height; one that is being moved is left alone until it rests. */
  settle(): void {
    if (this.#idle === undefined && !this.#isDragged) this.place();
  }

  stop(): void {
    clearTimeout(this.#idle);
    this.#stopped.abort();
    this.#sizes.disconnect();
  }

  #released(): void {
    this.#isDragged = false;
  }

  #rested(): void {
    this.#idle = undefined;
    if (!this.#isDragged) this.place();
  }

  #resized(): void {
    const { clientHeight, clientWidth } = this.#scroller;
    this.#reader.resize(
      Math.min(MAX_VIEW, Math.max(ROW_PX, clientHeight)),
      this.#width !== 0 && clientWidth !== this.#width,
    );
    this.#width = clientWidth;
  }

  #moved(): void {
    const to = this.#scroller.scrollTop;
    const by = to - this.#last;
    if (by === 0) return;
    this.#last = to;
    const heights = this.#reader.heights.value;
    const isJump = this.#isDragged || Math.abs(by) > greatestStep(heights);
    this.#reader.scroll(isJump ? { to } : { by });
    clearTimeout(this.#idle);
    this.#idle = undefined;
    const isAtEdge = to <= 0 || to >= this.#scroller.scrollHeight - this.#scroller.clientHeight;
    if (isAtEdge && !this.#isDragged) this.place();
    else this.#idle = setTimeout(() => this.#rested(), IDLE_MS);
  }
}
