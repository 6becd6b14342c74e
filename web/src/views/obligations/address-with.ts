/** The same view with another filter, from its beginning. */
export function addressWith(query: URLSearchParams, name: string, value: string | null): string {
  const next = new URLSearchParams(query);
  next.delete('cursor');
  if (value === null) next.delete(name);
  else next.set(name, value);
  return `?${next}`;
}
