/** Reads one value of what a server has sent. @throws WrongShape; null and nothing count as the value that stands for them, as GitLab's runner has it */
export type Shape<T = unknown> = (value: unknown, path: string) => T;

export class WrongShape extends Error {}

function wrong(path: string, what: string): never {
  throw new WrongShape(`${path} is ${what}`);
}

function simple(name: string, isOne: (value: unknown) => boolean, otherwise: unknown): Shape {
  return (value, path) => {
    if (value === undefined || value === null) return otherwise === undefined ? wrong(path, 'missing') : otherwise;
    return isOne(value) ? value : wrong(path, `no ${name}`);
  };
}

/** Without `otherwise` it has to be there. */
export const text = (otherwise?: string | null): Shape =>
  simple('string', (value) => typeof value === 'string', otherwise);
export const number = (otherwise?: number | null): Shape => simple('number', Number.isFinite, otherwise);
export const flag = (otherwise: boolean | null): Shape =>
  simple('boolean', (value) => typeof value === 'boolean', otherwise);

/** One of a few words; another is what stands for none. */
export function word(words: readonly string[], otherwise: string): Shape {
  return (value) => (words.some((one) => one === value) ? value : otherwise);
}

export function list(of: Shape, otherwise: readonly unknown[] | null = []): Shape {
  return (value, path) => {
    if (value === undefined || value === null) return otherwise;
    if (!Array.isArray(value)) return wrong(path, 'no list');
    return value.map((one: unknown, at) => of(one, `${path}[${at}]`));
  };
}

/** Keys that are not named stay as they are: some are read elsewhere, and others nobody knows yet. @param otherwise undefined: every key's own */
export function record(shapes: Readonly<Record<string, Shape>>, otherwise?: null): Shape {
  return (value, path) => {
    if (value === undefined || value === null) {
      if (otherwise === null) return null;
      return read({}, shapes, path);
    }
    if (typeof value !== 'object' || Array.isArray(value)) return wrong(path, 'no object');
    return read(value, shapes, path);
  };
}

function read(value: object, shapes: Readonly<Record<string, Shape>>, path: string): object {
  const known = Object.entries(shapes).flatMap(([key, shape]) => {
    const found = shape((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`);
    return found === undefined ? [] : [[key, found] as const];
  });
  return { ...value, ...Object.fromEntries(known) };
}

export const anything: Shape = (value) => value;
