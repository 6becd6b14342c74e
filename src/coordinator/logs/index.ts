/*
 * What jobs print: appended by their runners, read by whoever may, sealed when the job has ended. Start with append-log.ts.
 */
export { type Appended, appendLog, type LogPiece } from './append-log.ts';
export { type CountedLog, lacksLog } from './check-log.ts';
export { noteCoverage } from './covered/note-coverage.ts';
export { MOST_LINES } from './lines/read-lines.ts';
export { findLines, type LogFacts, showLines } from './lines/show-lines.ts';
export { logFile } from './place/file-place.ts';
export { type LogRange, type OpenedLog, readJobLog } from './read-job-log.ts';
export { removeGrownLog } from './remove-grown-log.ts';
export { sealingSweep } from './seal-logs.ts';
export { logFilesSweep } from './sweep-log-files.ts';
