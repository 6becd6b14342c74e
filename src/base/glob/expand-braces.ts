/** Enough for any pattern that a person writes; nested braces multiply, so there must be a limit. */
const MAX_ALTERNATIVES = 1000;

/** `a{b,c}` → `ab`, `ac`; nested braces too. A `{` that is never closed gives nothing to match, as in Ruby. */
export function expandBraces(pattern: string): readonly string[] | 'too many' {
  if (!pattern.includes('{')) return [pattern];
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = findGroup(next);
    if (group === 'none') done.push(next);
    else if (group !== 'unclosed') {
      for (const item of group.items) open.push(next.slice(0, group.start) + item + next.slice(group.end));
    }
    if (done.length + open.length > MAX_ALTERNATIVES) return 'too many';
  }
  return done;
}

interface BraceGroup {
  readonly start: number;
  readonly end: number;
  readonly items: readonly string[];
}

/** The first outermost group. */
function findGroup(pattern: string): BraceGroup | 'none' | 'unclosed' {
  let depth = 0;
  let start = -1;
  let itemStart = 0;
  const items: string[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index];
    if (char === '\\') index += 1;
    else if (char === '{') {
      depth += 1;
      if (depth > 1) continue;
      start = index;
      itemStart = index + 1;
    } else if (depth === 1 && (char === ',' || char === '}')) {
      items.push(pattern.slice(itemStart, index));
      itemStart = index + 1;
      if (char === '}') return { start, end: itemStart, items };
    } else if (char === '}' && depth > 0) depth -= 1;
  }
  return start === -1 ? 'none' : 'unclosed';
}
