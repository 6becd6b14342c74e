/** A compiled RE2 expression: linear in the text, no look-around, no back-references. */
export interface Regex {
  /** Whether it occurs anywhere in the text. */
  test(text: string): boolean;
}
