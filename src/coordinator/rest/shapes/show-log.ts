import type { LogSection } from '../../../blobs/index.ts';
import type { showLines } from '../../logs/index.ts';
import { instant, instantOrNull } from './show-common.ts';

type Shown = Awaited<ReturnType<typeof showLines>>;

/** Lines of a log, and what there is to say of it. */
export function showLog(shown: Shown, withSections: boolean) {
  const { from, lines, cut, style } = shown;
  return { from, lines, cut, style, next_line: from + lines.length, ...showFacts(shown, withSections) };
}

function showFacts({ total, sizeBytes, resends, isGrowing, failedLine, sections }: Shown, withSections: boolean) {
  return {
    total,
    size: sizeBytes,
    resends,
    growing: isGrowing,
    failed_line: failedLine,
    sections: withSections ? sections.sections.map(showSection) : null,
    more_sections: sections.moreSections,
  };
}

function showSection({ name, isCollapsed, startLine, endLine, startedAtMs, endedAtMs }: LogSection) {
  return {
    name,
    is_collapsed: isCollapsed,
    start_line: startLine,
    end_line: endLine,
    started_at: instant(startedAtMs),
    ended_at: instantOrNull(endedAtMs),
  };
}
