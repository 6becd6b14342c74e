/** For tests of other rooms than the blobs. */
export { makeBareDirectory, makeZip, rename, type ZipPart } from '../../src/blobs/testing/zips.ts';
