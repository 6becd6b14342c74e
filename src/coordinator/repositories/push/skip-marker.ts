/** Whether a commit's message says that it wants no pipeline: `[ci skip]`, `[skip ci]`, in any case, also with `-` or `_`. */
export function asksToSkip(message: string): boolean {
  return /\[(?:ci[ _-]skip|skip[ _-]ci)\]/i.test(message);
}
