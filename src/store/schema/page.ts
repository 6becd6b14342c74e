/** Which part of a list: by offset, as page numbers ask for it, or after a key, which costs the same however far in it is. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
  /** The id of the last row that was seen; null: from the start. Only in lists that are ordered by id. */
  readonly after: number | null;
  readonly order: 'asc' | 'desc';
}
