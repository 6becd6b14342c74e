/**
 * A circle in a graph of names, as the names along it with the first repeated at the end; null when there is none. Iterative: a chain of
 * 50,000 jobs would overflow a recursive walk.
 */
export function findCycle(
  names: Iterable<string>,
  needsOf: (name: string) => readonly string[],
): readonly string[] | null {
  const finished = new Set<string>();
  const onPath = new Set<string>();
  for (const start of names) {
    if (finished.has(start)) continue;
    const stack = [{ name: start, needs: needsOf(start), next: 0 }];
    onPath.add(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.needs[top.next++];
      if (need === undefined) {
        finished.add(top.name);
        onPath.delete(top.name);
        stack.pop();
      } else if (onPath.has(need)) {
        const path = stack.map((step) => step.name);
        return [...path.slice(path.indexOf(need)), need];
      } else if (!finished.has(need)) {
        onPath.add(need);
        stack.push({ name: need, needs: needsOf(need), next: 0 });
      }
    }
  }
  return null;
}
