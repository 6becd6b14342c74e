/** What is kept for whoever asks next, in all: a few pieces, not one for each of hundreds of jobs. */
const MOST_IDLE_BYTES = 8 * 1024 * 1024;

const idle: Buffer<ArrayBuffer>[] = [];

/**
 * Lends memory of `bytes`, whose content is anybody's; nothing of it may be used once `use` has ended. For pieces that are read and passed on again and again: of
 * memory that each has for itself the collector lets dozens of MiB lie.
 */
export async function lendMemory<T>(bytes: number, use: (memory: Buffer<ArrayBuffer>) => Promise<T>): Promise<T> {
  const at = idle.findIndex(({ length }) => length === bytes);
  const memory = idle.splice(at, at === -1 ? 0 : 1)[0] ?? Buffer.allocUnsafeSlow(bytes);
  try {
    return await use(memory);
  } finally {
    idle.push(memory);
    // Whoever lay here longest goes: sizes that nobody asks for any more make room.
    while (idle.reduce((sum, { length }) => sum + length, 0) > MOST_IDLE_BYTES) idle.shift();
  }
}
