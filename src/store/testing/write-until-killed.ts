import { realClock } from '../../base/index.ts';
import { lockResourceGroup, openStore } from '../index.ts';

/** A program that writes, four transactions at a time, and says of each that it was acknowledged. It runs until somebody kills it. */
const [where = '', keyFile = '', prefix = ''] = process.argv.slice(2);
const database = where.startsWith('postgres:') ? { url: where } : { file: where };
const store = await openStore({ database, keyFile, clock: realClock });
let next = 0;

async function keepWriting(): Promise<never> {
  for (;;) {
    const key = `${prefix}-${next++}`;
    await store.write((tx) => lockResourceGroup(tx, 1, key));
    process.stdout.write(`${key}\n`);
  }
}

await Promise.all([1, 2, 3, 4].map(keepWriting));
