import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { nextFound, type Search } from '../lines/search.ts';
import { type LineRange, readLineAddress } from '../place/line-address.ts';

/** After the last key, before the whole log is searched. */
const TYPED_MS = 150;

interface FindBarProps {
  readonly search: Search;
  /** The line that the reader is at; the next match is sought from there. */
  readonly at: number;
  onGo(line: number): void;
  /** Lines were named, as the click on a number names one. */
  onName(range: LineRange): void;
  onClose(): void;
}

/** Finds text in the whole log; a colon and numbers (`:120`, `:120-180`) name lines in the address and go there. */
export function FindBar({ search, at, onGo, onName, onClose }: FindBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const text = useSignal('');
  const current = useSignal<number | null>(null);
  const found = search.found.value;
  const go = (step: 1 | -1) => {
    const named = text.peek().startsWith(':') ? readLineAddress(text.peek()) : null;
    if (named !== null) onName(named);
    const line = named?.first ?? nextFound(found?.lines ?? [], current.peek() ?? at - 1, step);
    if (line === null) return;
    current.value = line;
    onGo(line);
  };
  // Before anything is drawn, so that not even the first letter typed after the key is lost.
  useLayoutEffect(() => {
    input.current?.focus();
    return () => search.stop();
  }, [search]);
  useEffect(() => {
    const timer = setTimeout(() => void search.start(text.value.startsWith(':') ? '' : text.value), TYPED_MS);
    current.value = null;
    return () => clearTimeout(timer);
  }, [text.value]);
  const first = found?.lines[0];
  useEffect(() => {
    if (first !== undefined && current.peek() === null) go(1);
  }, [found?.text, first]);

  return (
    <search class="log-find">
      <input
        ref={input}
        type="search"
        aria-label="Find in the log"
        placeholder="Find, or :line"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') onClose();
        }}
      />
      <output>{words(found, current.value)}</output>
      <button type="button" class="bare" onClick={() => go(-1)} aria-label="Previous match">
        ↑
      </button>
      <button type="button" class="bare" onClick={() => go(1)} aria-label="Next match">
        ↓
      </button>
      <button type="button" class="bare" onClick={onClose} aria-label="Close the search">
        ✕
      </button>
    </search>
  );
}

function words(found: Search['found']['value'], current: number | null): string {
  if (found === null) return '';
  if (found.trouble !== null) return found.trouble;
  const count = found.lines.length.toLocaleString('en');
  const searching = found.isDone ? '' : ` (searched ${Math.floor(found.searched * 100)} %)`;
  if (found.lines.length === 0) return found.isDone ? 'not found' : `searching …${searching}`;
  const place = current === null ? -1 : found.lines.indexOf(current);
  return `${place === -1 ? '' : `${(place + 1).toLocaleString('en')} of `}${count} ${found.lines.length === 1 ? 'line' : 'lines'}${searching}`;
}
