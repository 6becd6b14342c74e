/** By the words of programs that speak English (`LC_ALL=C`). */
export function isNoSpace(complaint: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(complaint);
}
