/** Large, because each chunk costs a move of the position, a search for secrets set up anew and a turn of the event loop. */
const CHUNK_BYTES = 1024 * 1024;

/** Shared by the logs of all jobs: mostly nobody reads, and of those who do few in the same moment. */
const idle: Buffer[] = [];

/** Lends memory to read a piece of a log into, as large as is good and at least of `leastBytes`. Nothing of it may be used once `use` has ended. */
export async function withChunk<T>(leastBytes: number, use: (chunk: Buffer) => Promise<T>): Promise<T> {
  if (leastBytes > CHUNK_BYTES) return await use(Buffer.allocUnsafe(leastBytes));
  const chunk = idle.pop() ?? Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    return await use(chunk);
  } finally {
    idle.push(chunk);
  }
}
