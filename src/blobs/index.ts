export {
  type ArchiveEntry,
  type ArchiveIndex,
  decodeArchiveIndex,
  encodeArchiveIndex,
  type FolderEntry,
  findEntry,
  listFolder,
} from './archive/archive-index.ts';
export { type OpenedEntry, openEntry } from './archive/open-entry.ts';
export {
  type ArchiveLimits,
  defaultArchiveLimits,
  type ReadArchiveOptions,
  readArchive,
} from './archive/read-archive.ts';
export type { BlobFailureCode } from './blob-failure.ts';
export { makeKey } from './blob-key.ts';
export type {
  BlobPage,
  BlobStat,
  BlobStore,
  ListedBlob,
  OpenedBlob,
  PutOptions,
  ReadRange,
  StoredBlob,
} from './blob-store.ts';
export { openDiskStore } from './disk/open-disk-store.ts';
export { createSectionFinder, type FoundSections } from './log/find-sections.ts';
export { createLogIndexer, type LogContents, MAX_SECTIONS } from './log/index-log.ts';
export { type LogIndex, type LogSection, parseLogIndex } from './log/log-index.ts';
export { type LogLimits, type LogPart, type LogPosition, readLog } from './log/read-log.ts';
export { logKeys, sealLog } from './log/seal-log.ts';
export type { S3Settings } from './s3/bucket.ts';
export { openS3Store } from './s3/open-s3-store.ts';
export { type BlobHealth, verifyBlob } from './verify-blob.ts';
