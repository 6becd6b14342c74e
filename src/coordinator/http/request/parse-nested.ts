import { badParameters } from '../http-error.ts';

/** Names and values of a query or a form, as they came, become what they stand for: `scope[]=a`, `variables[KEY]=x`, `list[][key]=a&list[][value]=b`. */
export type Nested = { [name: string]: NestedValue };
export type NestedValue = string | NestedValue[] | Nested;

const MOST_PAIRS = 2_000;
const MOST_DEPTH = 8;

/**
 * As Rack reads it, which GitLab's clients write for: a name that comes again inside of `[]` begins the next element. Pairs beyond 2,000, and
 * what is nested more than 8 deep, are refused.
 * @throws RangeError
 */
export function parseNested(pairs: Iterable<readonly [string, string]>): Nested {
  const top: Nested = Object.create(null);
  let count = 0;
  for (const [name, value] of pairs) {
    count += 1;
    if (count > MOST_PAIRS) throw new RangeError(`more than ${MOST_PAIRS} parameters`);
    put(top, partsOf(name), value);
  }
  return top;
}

/** Why a query was refused, by what stands in its place. */
const refused = new WeakMap<object, string>();

/** The same of a query. The router calls it where nobody hears an exception but the process, which it ends: `refuseQuery` throws it later. */
export function parseQuery(text: string): Nested {
  try {
    return parseNested(new URLSearchParams(text));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const nothing: Nested = Object.create(null);
    refused.set(nothing, error.message);
    return nothing;
  }
}

/** @throws HttpError 400 for one that `parseQuery` could not take */
export function refuseQuery(query: unknown): void {
  const why = refused.get(query as object);
  if (why !== undefined) throw badParameters(why);
}

/** `a[b][]` → `a`, `b`, ``. What is no such thing is a plain name. */
function partsOf(name: string): readonly string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (match === null) return [name];
  const [, first = '', rest = ''] = match;
  const parts = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '')];
  if (parts.length > MOST_DEPTH) throw new RangeError(`parameter nested more than ${MOST_DEPTH} deep`);
  return parts;
}

function put(into: Nested, [name = '', next, ...rest]: readonly string[], value: string): void {
  if (next === undefined) {
    into[name] = value;
  } else if (next === '') {
    const list = listAt(into, name);
    if (rest.length === 0) list.push(value);
    else put(elementFor(list, rest), rest, value);
  } else {
    put(mapAt(into, name), [next, ...rest], value);
  }
}

function listAt(into: Nested, name: string): NestedValue[] {
  const there = into[name];
  if (Array.isArray(there)) return there;
  const list: NestedValue[] = there === undefined ? [] : [there];
  into[name] = list;
  return list;
}

function mapAt(into: Nested, name: string): Nested {
  const there = into[name];
  if (isMap(there)) return there;
  const map: Nested = Object.create(null);
  into[name] = map;
  return map;
}

/** The last one, unless it has this name already. */
function elementFor(list: NestedValue[], [name = '', next]: readonly string[]): Nested {
  const last = list.at(-1);
  if (isMap(last) && (next === '' || !(name in last))) return last;
  const element: Nested = Object.create(null);
  list.push(element);
  return element;
}

function isMap(value: NestedValue | undefined): value is Nested {
  return typeof value === 'object' && !Array.isArray(value);
}
