import type { LogSection } from './log-index.ts';

const WORD = 'section_';
/** A marker as GitLab writes it: `section_start:1767323046:name[collapsed=true]`, a carriage return and "clear the line". */
const MARKER = /^section_(start|end):([0-9]{1,12}):([A-Za-z0-9_.-]{1,128})(?:\[([A-Za-z0-9_=,.-]{0,128})\])?\r/;
const CLEAR_LINE = '\u001b[0K';
/** Longer than the longest marker. */
const MARKER_BYTES = 320;
const NEWLINE = 10;

export interface FoundSections {
  readonly sections: readonly LogSection[];
  /** Past the limit. */
  readonly moreSections: number;
}

/** Finds sections while bytes pass, whatever pieces they come in. Of more than `maxSections` the first are kept; an end belongs to the last start of its name. */
export function createSectionFinder(maxSections: number): {
  push(bytes: Uint8Array): void;
  /** Goes on elsewhere: the next byte belongs to this line. In what was left out nothing begins or ends. */
  seek(toLine: number): void;
  /** What was found so far. */
  found(): FoundSections;
  finish(): FoundSections;
} {
  const list = createSectionList(maxSections);
  let line = 0;
  /** The end of what came, where a marker may have begun. Its newlines are not counted yet. */
  let held = Buffer.alloc(0);

  const countLines = (bytes: Buffer): void => {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) line += 1;
  };
  const scan = (bytes: Buffer, isLast: boolean): number => {
    let counted = 0;
    for (let at = bytes.indexOf(WORD); at >= 0; at = bytes.indexOf(WORD, at + 1)) {
      const text = bytes.toString('latin1', at, at + MARKER_BYTES);
      const marker = readMarker(text);
      if (marker === null && text.length < MARKER_BYTES && !text.includes('\n') && !isLast) {
        countLines(bytes.subarray(counted, at));
        return at;
      }
      if (marker === null) continue;
      countLines(bytes.subarray(counted, at));
      counted = at;
      list.note(marker, line);
    }
    const end = isLast ? bytes.length : Math.max(counted, bytes.length - WORD.length + 1);
    countLines(bytes.subarray(counted, end));
    return end;
  };
  return {
    push(bytes) {
      const all = Buffer.concat([held, bytes]);
      held = all.subarray(scan(all, false));
    },
    seek(toLine) {
      scan(held, true);
      held = Buffer.alloc(0);
      line = toLine;
    },
    found: list.found,
    finish() {
      scan(held, true);
      held = Buffer.alloc(0);
      return list.found();
    },
  };
}

function createSectionList(maxSections: number): {
  note(marker: RegExpExecArray, line: number): void;
  found(): FoundSections;
} {
  const sections: Writable<LogSection>[] = [];
  const open: Writable<LogSection>[] = [];
  let moreSections = 0;
  return {
    note([, kind, seconds, name = '', options = ''], line) {
      const at = Number(seconds) * 1000;
      if (kind === 'end') {
        const place = open.findLastIndex((section) => section.name === name);
        for (const section of place < 0 ? [] : open.splice(place, 1))
          Object.assign(section, { endLine: line, endedAtMs: at });
      } else if (sections.length < maxSections) {
        const isCollapsed = options.split(',').includes('collapsed=true');
        const section = { name, isCollapsed, startLine: line, endLine: null, startedAtMs: at, endedAtMs: null };
        sections.push(section);
        open.push(section);
      } else moreSections += 1;
    },
    found: () => ({ sections: sections.map((section) => ({ ...section })), moreSections }),
  };
}

function readMarker(text: string): RegExpExecArray | null {
  const marker = MARKER.exec(text);
  return marker !== null && text.startsWith(CLEAR_LINE, marker[0].length) ? marker : null;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
