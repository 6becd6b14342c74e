import { useEffect, useState } from 'preact/hooks';
import type { Row } from './use-rows.ts';

/** px; who has gone so far down is reading. */
const READING_PX = 80;

interface HeldBack {
  readonly shown: readonly Row[];
  /** How many are new and not shown. */
  readonly held: number;
  readonly show: () => void;
}

/** What is new waits while the reader is further down, so that no line moves away from under the eyes. */
export function useHeldBack(rows: readonly Row[]): HeldBack {
  const isReading = useReading();
  const newest = rows.reduce((most, { id }) => Math.max(most, id), 0);
  const [last, setLast] = useState(newest);
  useEffect(() => {
    if (!isReading) setLast(newest);
  }, [isReading, newest]);
  const shown = isReading ? rows.filter(({ id }) => id <= last) : rows;
  return {
    shown,
    held: rows.length - shown.length,
    show: () => {
      setLast(newest);
      scrollTo(0, 0);
    },
  };
}

function useReading(): boolean {
  const [isReading, setReading] = useState(scrollY > READING_PX);
  useEffect(() => {
    const look = (): void => setReading(scrollY > READING_PX);
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  return isReading;
}

export function NewRows({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  return (
    <div class="new-rows" role="status">
      {count > 0 && (
        <button type="button" class="main" onClick={onShow}>
          {count === 1 ? '1 new pipeline' : `${count} new pipelines`}
        </button>
      )}
    </div>
  );
}
