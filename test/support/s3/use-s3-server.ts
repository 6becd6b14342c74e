/** For tests of other rooms than the blobs. */
export { useS3Server } from '../../../src/blobs/testing/s3-server.ts';
