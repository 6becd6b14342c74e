/**
 * What `bin/test` tells every program that a test starts with an environment of its own: by GATE_RUN it finds, and ends, what an interrupted test left; in NODE_COMPILE_CACHE is what
 * Node has made of the program before, which a home that was just made has not: a start takes a fifth longer without.
 */
export function fromGate(): Readonly<Record<string, string>> {
  const { GATE_RUN = '', NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? { GATE_RUN } : { GATE_RUN, NODE_COMPILE_CACHE };
}
