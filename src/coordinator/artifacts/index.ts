/*
 * What jobs leave behind: received from runners, read whole or file by file, kept, and taken away when it has expired.
 */
export { artifactRoutes } from './artifact-routes.ts';
export { doomedBlobsSweep, removeDoomed } from './doomed-blobs.ts';
export { expireArtifacts } from './expire-artifacts.ts';
export { archiveOf, eraseArtifacts, wholeArchive } from './open-artifact.ts';
export { receiveFile } from './receive-file.ts';
export { storeArtifact } from './store-artifact.ts';
