import { expandBraces } from './expand-braces.ts';
import { compileSegment, type SegmentMatcher } from './glob-segment.ts';

export type GlobMatcher = (path: string) => boolean;

/** A part of a pattern between slashes; `**` stands for any number of directories, none included. */
type Part = SegmentMatcher | '**';

export interface GlobDialect {
  /** A `**` at the end is all that is below, and what it is below, as GitLab's runner has it; else it is just `*`. */
  readonly crossesAtEnd: boolean;
  /** What a pattern says of every path whose braces mean more than a thousand patterns. */
  readonly tooMany: boolean;
}

const COORDINATORS: GlobDialect = { crossesAtEnd: false, tooMany: true };

/**
 * Globs as Ruby's fnmatch with PATHNAME, DOTMATCH and EXTGLOB reads them (`changes`, `exists`), or, but for the end of it, as GitLab's runner does
 * (`artifacts`, `cache`): `*` and `?` stop at `/`, `**` followed by `/` crosses directories, `{a,b}`, `[a-z]`, `[^a]`, `\` quotes. Whoever may write a
 * pattern may choose the paths as well: no match takes longer than their lengths multiplied.
 */
export function compileGlob(pattern: string, dialect: GlobDialect = COORDINATORS): GlobMatcher {
  const alternatives = expandBraces(pattern);
  if (alternatives === 'too many') return () => dialect.tooMany;
  const matchers = alternatives.map((one) => compileOne(one, dialect));
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (path) => matchers.some((matches) => matches(path));
}

/** No character of the pattern has a meaning other than itself. */
export function isLiteralGlob(pattern: string): boolean {
  return !/[*?[{\\]/.test(pattern);
}

function compileOne(pattern: string, dialect: GlobDialect): GlobMatcher {
  if (isLiteralGlob(pattern)) return (path) => path === pattern;
  if (dialect.crossesAtEnd && /(?:^|\/)\*\*$/.test(pattern)) return compileAllBelow(pattern, dialect);
  const texts = pattern.split('/');
  const parts: Part[] = texts.map((text, index) =>
    text === '**' && index < texts.length - 1 ? '**' : compileSegment(text),
  );
  return (path) => matchParts(parts, path);
}

function compileAllBelow(pattern: string, dialect: GlobDialect): GlobMatcher {
  const below = compileOne(`${pattern}/*`, dialect);
  if (pattern === '**') return below;
  const itself = compileOne(pattern.replace(/\/\*\*$/, ''), dialect);
  return (path) => below(path) || itself(path);
}

/**
 * Going back to the last `**` alone is enough: what an earlier one could skip, the last one can skip as well.
 * So the time is at most parts × segments.
 */
function matchParts(parts: readonly Part[], path: string): boolean {
  let part = 0;
  let start = 0;
  let retryPart = -1;
  let retryStart = 0;
  for (;;) {
    const matcher = parts[part];
    if (matcher === '**') {
      part += 1;
      retryPart = part;
      retryStart = start;
      continue;
    }
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    const isLastPart = part === parts.length - 1;
    if (matcher?.(path.slice(start, end)) && isLastPart === (slash === -1)) {
      if (isLastPart) return true;
      part += 1;
      start = end + 1;
      continue;
    }
    if (retryPart === -1) return false;
    const skipped = path.indexOf('/', retryStart);
    if (skipped === -1) return false;
    retryStart = skipped + 1;
    part = retryPart;
    start = retryStart;
  }
}
