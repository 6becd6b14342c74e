import { expandBraces } from './expand-braces.ts';
import { compileSegment, type SegmentMatcher } from './glob-segment.ts';

export type GlobMatcher = (path: string) => boolean;

/** A part of a pattern between slashes; `**` stands for any number of directories, none included. */
type Part = SegmentMatcher | '**';

/**
 * `changes` and `exists` globs, as Ruby's fnmatch with PATHNAME, DOTMATCH and EXTGLOB reads them: `*` and `?` stop at `/`,
 * `**` followed by `/` crosses directories (a trailing `**` is just `*`), `{a,b}`, `[a-z]`, `[^a]`, `\` quotes.
 */
export function compileGlob(pattern: string): GlobMatcher {
  const alternatives = expandBraces(pattern);
  if (alternatives === 'too many') return () => true;
  const matchers = alternatives.map(compileOne);
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (path) => matchers.some((matches) => matches(path));
}

/** No character of the pattern has a meaning other than itself. */
export function isLiteralGlob(pattern: string): boolean {
  return !/[*?[{\\]/.test(pattern);
}

function compileOne(pattern: string): GlobMatcher {
  if (isLiteralGlob(pattern)) return (path) => path === pattern;
  const texts = pattern.split('/');
  const parts: Part[] = texts.map((text, index) =>
    text === '**' && index < texts.length - 1 ? '**' : compileSegment(text),
  );
  return (path) => matchParts(parts, path);
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
