import type { VariableLookup } from './lookup.ts';
import { MOST_PUT_IN, MOST_PUT_IN_ALL, putIn } from './put-in.ts';

/** The escapes come first, so that `$$NAME` is not read as a `$` and a reference. */
const REFERENCE = /\$\$|%%|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}|%([A-Za-z_]\w*)%/g;

/**
 * Replaces `$NAME`, `${NAME}` and `%NAME%` once, by values that are already expanded. Unknown names stay as written, and so do
 * `$$` and `%%`: the runner turns `$$` into `$` when it expands for the last time. A text that would get far too long stays as it is.
 * @param most as in `putIn`
 */
export function expandText(text: string, lookup: VariableLookup, most?: number): string {
  if (!mayRefer(text)) return text;
  const wordsFor = (written: string, [plain, braced, percent]: readonly (string | undefined)[]): string => {
    const name = plain ?? braced ?? percent;
    return name === undefined ? written : (lookup(name) ?? written);
  };
  return putIn(text, REFERENCE, wordsFor, most).text;
}

export interface UnexpandedVariable {
  readonly key: string;
  readonly value: string;
  /** Taken as it is. */
  readonly raw: boolean;
}

export interface ExpandedVariables {
  /** Every key once; where keys repeat, the last one counts. A variable in a cycle keeps its text as written. */
  readonly values: ReadonlyMap<string, string>;
  /** Each cycle as its keys in order, such as `['A', 'B']` for A → B → A. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * Expands variables that refer to each other, and to `outer` where they themselves lack a name. A variable that names itself
 * (`PATH: $PATH:/opt`) means the outer one; that is no cycle.
 */
export function expandVariables(
  variables: Iterable<UnexpandedVariable>,
  outer: VariableLookup = () => undefined,
): ExpandedVariables {
  const values = new Map<string, string>();
  const unexpanded = new Map<string, string>();
  for (const { key, value, raw } of variables) {
    values.set(key, value);
    if (!raw && mayRefer(value)) unexpanded.set(key, value);
    else unexpanded.delete(key);
  }
  if (unexpanded.size === 0) return { values, cycles: [] };
  const { order, cycles } = sortByReference(unexpanded);
  const inCycle = new Set(cycles.flat());
  let left = MOST_PUT_IN_ALL;
  for (const key of order) {
    const text = unexpanded.get(key);
    if (text !== undefined && !inCycle.has(key)) {
      const lookup = (name: string) => (name === key ? undefined : values.get(name)) ?? outer(name);
      const value = expandText(text, lookup, Math.min(left, MOST_PUT_IN));
      left -= Math.max(0, value.length - text.length);
      values.set(key, value);
    }
  }
  return { values, cycles };
}

function mayRefer(text: string): boolean {
  return text.includes('$') || text.includes('%');
}

interface Sorted {
  /** Every key after all that it refers to, as far as cycles allow. */
  readonly order: readonly string[];
  readonly cycles: readonly (readonly string[])[];
}

interface Visit {
  readonly key: string;
  readonly references: readonly string[];
  next: number;
}

/** Depth first with a stack of its own: a chain of variables may be longer than the call stack is deep. */
function sortByReference(unexpanded: ReadonlyMap<string, string>): Sorted {
  const order: string[] = [];
  const cycles: (readonly string[])[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack: Visit[] = [];
  const enter = (key: string) => {
    state.set(key, 'open');
    const others = references(unexpanded.get(key) ?? '').filter((name) => name !== key);
    stack.push({ key, references: others, next: 0 });
  };
  for (const root of unexpanded.keys()) {
    if (!state.has(root)) enter(root);
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const name = visit.references[visit.next];
      visit.next += 1;
      if (name === undefined) {
        state.set(visit.key, 'done');
        order.push(visit.key);
        stack.pop();
      } else if (state.get(name) === 'open') {
        const keys = stack.map((open) => open.key);
        cycles.push(keys.slice(keys.indexOf(name)));
      } else if (!state.has(name) && unexpanded.has(name)) enter(name);
    }
  }
  return { order, cycles };
}

function references(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(REFERENCE), (match) => match[1] ?? match[2] ?? match[3] ?? ''))];
}
