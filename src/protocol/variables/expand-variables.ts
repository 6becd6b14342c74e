import type { VariableLookup } from './lookup.ts';

/** The escapes come first, so that `$$NAME` is not read as a `$` and a reference. */
const REFERENCE = /\$\$|%%|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}|%([A-Za-z_]\w*)%/g;

/**
 * Replaces `$NAME`, `${NAME}` and `%NAME%` once, by values that are already expanded. Unknown names stay as written, and so do
 * `$$` and `%%`: the runner turns `$$` into `$` when it expands for the last time.
 */
export function expandText(text: string, lookup: VariableLookup): string {
  if (!mayRefer(text)) return text;
  return text.replace(REFERENCE, (written: string, plain?: string, braced?: string, percent?: string) => {
    const name = plain ?? braced ?? percent;
    return name === undefined ? written : (lookup(name) ?? written);
  });
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
  for (const key of order) {
    const text = unexpanded.get(key);
    if (text !== undefined && !inCycle.has(key)) {
      values.set(
        key,
        expandText(text, (name) => (name === key ? undefined : values.get(name)) ?? outer(name)),
      );
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
