import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeBlobStore } from '../testing/blob-store-suite.ts';
import { useTemporaryDirectory } from '../testing/temporary-directory.ts';
import { openDiskStore } from './open-disk-store.ts';

const temporary = useTemporaryDirectory();

describeBlobStore('blobs on a disk', async () => {
  const root = temporary.fresh();
  return { store: openDiskStore({ root }), leftovers: () => readdirSync(join(root, 'drafts')).length };
});
