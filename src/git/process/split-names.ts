/** Splits what git prints with `-z`. Bytes that are no UTF-8 become U+FFFD. */
export function splitNames(output: Buffer): string[] {
  return output.toString().split('\0').filter(Boolean);
}
