import type { Finding, SourceFile } from './source-file.ts';

/** No file reaches itself through its imports, types included. Each knot is reported once, by its shortest cycle. */
export function checkCycles(files: readonly SourceFile[]): readonly Finding[] {
  const known = new Set(files.map(({ path }) => path));
  const graph = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target }) => (target && known.has(target) ? target : [])),
    ]),
  );
  const findings: Finding[] = [];
  const reported = new Set<string>();
  for (const { path } of files) {
    if (reported.has(path)) continue;
    const cycle = shortestCycle(path, graph);
    if (cycle === null) continue;
    for (const member of cycle) reported.add(member);
    findings.push({ path, line: 1, level: 'error', message: `import cycle: ${[...cycle, path].join(' → ')}` });
  }
  return findings;
}

/** Breadth first from `start` back to `start`. */
function shortestCycle(start: string, graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const next of graph.get(path) ?? []) {
      if (next === start) return pathTo(path, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return null;
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [end];
  for (let at = end; at !== start; path.unshift(at)) at = cameFrom.get(at) ?? start;
  return path;
}
