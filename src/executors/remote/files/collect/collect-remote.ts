import { Readable } from 'node:stream';
import type { CollectedFile, FileSelection } from '../../../executor.ts';
import { type LeftOut, type ListedFile, listFiles } from '../list/list-files.ts';
import type { RemoteFilesOptions } from '../remote-files-options.ts';
import { hasContent } from './content-stream.ts';
import { createContents } from './contents.ts';

/**
 * As `Place.collect`. What is there is listed first; contents come as one stream, from where the first of them is opened. Names with a line feed are told to `leftOut`.
 * @throws Failure as `listFiles`; the abort reason. Contents: as `createContents`
 */
export async function* collectRemote(
  options: RemoteFilesOptions,
  selection: FileSelection,
  signal: AbortSignal,
  leftOut: LeftOut = () => {},
): AsyncGenerator<CollectedFile> {
  signal.throwIfAborted();
  const files = await listFiles(options, selection, signal, leftOut).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  const contents = createContents({ options, files, signal });
  try {
    for (const [index, file] of files.entries()) {
      signal.throwIfAborted();
      yield describe(file, () => contents.open(index));
    }
  } finally {
    contents.close();
  }
}

function describe(file: ListedFile, open: () => AsyncIterable<Buffer>): CollectedFile {
  const { path, kind, mode, modified, sizeBytes } = file;
  return {
    path,
    kind,
    mode,
    modifiedMs: modified * 1000,
    sizeBytes: kind === 'directory' ? 0 : sizeBytes,
    open: () => (hasContent(file) ? Readable.from(open(), { objectMode: false }) : Readable.from([])),
  };
}
