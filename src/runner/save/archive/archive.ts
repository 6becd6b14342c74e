export { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './archive-limits.ts';
export { readArchive } from './read-archive.ts';
export { writeArchive } from './write-archive.ts';
