import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Log } from '../lines/open-log.ts';
import { openSearch } from '../lines/search.ts';
import { lineOf } from '../place/folds.ts';
import { type LineRange, lineAddress, readLineAddress } from '../place/line-address.ts';
import { Reader } from '../place/reader.ts';
import { copyLines } from './copy-lines.ts';
import { FindBar } from './find-bar.tsx';
import { takeKey } from './keys.ts';
import { Scroller } from './scroller.tsx';
import './log.css';
import './log-text.css';

interface LogViewProps {
  readonly log: Log;
  /** The address's fragment, `L120-180` or none: where the log opens, and where it goes when that changes. */
  readonly hash: string;
  /** The log as text. */
  readonly rawHref: string;
  /** Whether keys of one letter do something. */
  readonly letters: boolean;
  /** A reader named lines: the fragment for the address, with `#`. */
  onHash(hash: string): void;
}

/** The log viewer: lines, bar, search, keys. The log is opened and closed by who shows it. */
export function LogView({ log, hash, rawHref, letters, onHash }: LogViewProps) {
  const reader = useMemo(() => new Reader(log, readLineAddress(hash)), [log]);
  const search = useMemo(() => openSearch(log.source), [log]);
  const isFinding = useSignal(false);
  const focused = useSignal<number | null>(null);
  const notice = useSignal<string | null>(null);
  const go = (line: number) => {
    focused.value = line;
    reader.jump(line);
  };
  const find = () => {
    isFinding.value = true;
  };
  const name = (range: LineRange) => {
    reader.range.value = range;
    onHash(lineAddress(range));
  };
  useEffect(() => () => reader.close(), [reader]);
  useEffect(() => {
    const range = readLineAddress(hash);
    const { value: before } = reader.range;
    if (range === null || (range.first === before?.first && range.last === before.last)) return;
    reader.range.value = range;
    reader.jump(range.first);
  }, [hash, reader]);
  useDocument(reader, letters, { isFinding, notice, find, go });

  const { trouble } = log;
  const extent = log.extent.value;
  const isEmpty = extent?.total === 0;
  return (
    <div class={isEmpty && !extent.growing ? 'log empty' : 'log'}>
      <Bar log={log} reader={reader} rawHref={rawHref} onFind={find} onGo={go} />
      {isFinding.value && (
        <FindBar
          search={search}
          at={lineOf(reader.folds.value, reader.position.value.row)}
          onGo={go}
          onName={name}
          onClose={() => {
            isFinding.value = false;
          }}
        />
      )}
      {isEmpty && <p class="log-none">{extent.growing ? 'Nothing is written yet.' : 'Nothing was written.'}</p>}
      <Scroller reader={reader} needle={search.found.value?.text ?? ''} focused={focused.value} onRange={name} />
      {reader.unseen.value > 0 && (
        <button type="button" class="log-unseen" onClick={() => reader.follow()}>
          {linesWords(reader.unseen.value, 'new ')} ↓
        </button>
      )}
      {(notice.value ?? trouble.value) !== null && (
        <p class="log-notice" role="status">
          {notice.value ?? trouble.value}
        </p>
      )}
    </div>
  );
}

interface Doings {
  readonly isFinding: Signal<boolean>;
  readonly notice: Signal<string | null>;
  find(): void;
  go(line: number): void;
}

/** Keys and copying are the log's wherever the focus is, for there is one log on a page. */
function useDocument(reader: Reader, letters: boolean, { isFinding, notice, find, go }: Doings): void {
  useEffect(() => {
    const key = (event: KeyboardEvent) => takeKey(event, letters, { reader, isFinding: isFinding.peek(), find, go });
    const copy = (event: ClipboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.matches('input, textarea')) return;
      void copyLines(event, reader.log, reader.range.value).then(
        (words) => {
          notice.value = words;
        },
        () => {
          notice.value = 'Not copied: the lines could not be fetched.';
        },
      );
    };
    document.addEventListener('keydown', key);
    document.addEventListener('copy', copy);
    return () => {
      document.removeEventListener('keydown', key);
      document.removeEventListener('copy', copy);
    };
  }, [reader, letters]);
}

interface BarProps {
  readonly log: Log;
  readonly reader: Reader;
  readonly rawHref: string;
  onFind(): void;
  onGo(line: number): void;
}

function Bar({ log, reader, rawHref, onFind, onGo }: BarProps) {
  const extent = log.extent.value;
  const failed = extent?.failed_line ?? null;
  return (
    <div class="log-bar">
      <span class="number soft">{extent === null ? '…' : linesWords(extent.total)}</span>
      {failed !== null && (
        <button type="button" class="bare" data-hue="bad" onClick={() => onGo(failed)}>
          Where it failed
        </button>
      )}
      <button type="button" class="bare" onClick={onFind}>
        Find
      </button>
      <button
        type="button"
        class="bare"
        aria-pressed={reader.wrap.value}
        onClick={() => reader.setWrap(!reader.wrap.value)}
      >
        Wrap
      </button>
      <button type="button" class="bare" aria-pressed={reader.following.value} onClick={() => reader.follow()}>
        {extent?.growing === false ? 'To the end' : 'Follow'}
      </button>
      <a class="button bare" href={rawHref}>
        As text
      </a>
    </div>
  );
}

function linesWords(count: number, kind = ''): string {
  return `${count.toLocaleString('en')} ${kind}${count === 1 ? 'line' : 'lines'}`;
}
