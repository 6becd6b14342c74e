import { makeKey } from '../blob-key.ts';
import { openDiskStore } from '../disk/open-disk-store.ts';

/**
 * A program to be killed: puts one blob after the other under one key. The nth is all bytes n, and of a size of its own. Says each chunk
 * that it gives and each put that resolves.
 */
const [root = '', from = '0'] = process.argv.slice(2);
const store = openDiskStore({ root });
const CHUNKS = 6;

async function* bytesOf(n: number): AsyncGenerator<Uint8Array> {
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    process.stdout.write('chunk\n');
    yield Buffer.alloc(10_000 + n, n);
  }
}

for (let n = Number(from); ; n += 1) {
  await store.put(makeKey('logs', 7, 'log'), bytesOf(n % 256), { maxBytes: 1_000_000 });
  process.stdout.write(`stored ${n}\n`);
}
