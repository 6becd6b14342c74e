/** For tests of other rooms than the blobs. */
export { makeZip } from '../../src/blobs/testing/zips.ts';
