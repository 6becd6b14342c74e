import { describeBlobStore } from '../testing/blob-store-suite.ts';
import { useS3Server } from '../testing/s3-server.ts';
import { openS3Store } from './open-s3-store.ts';

const server = useS3Server();

describeBlobStore('blobs on S3', async () => {
  return { store: await openS3Store(server.settings()), leftovers: () => server.uploads.size };
});
