/**
 * A path as bytes, each of them one character (latin1). Names on disk need not be UTF-8, and a name that is decoded and encoded
 * again may not be found any more. Strings are compared and joined faster than buffers.
 */
export type BytePath = string & { readonly isBytePath: true };

export function toBytePath(path: string): BytePath {
  return Buffer.from(path).toString('latin1') as BytePath;
}

/** What `node:fs` takes. */
export function toSystemPath(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

export function joinPath(directory: BytePath, name: string): BytePath {
  return `${directory}/${name}` as BytePath;
}

/** For messages. */
export function showPath(path: BytePath): string {
  return toSystemPath(path).toString();
}
