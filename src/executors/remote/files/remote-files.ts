import type { Place } from '../../executor.ts';
import { collectRemote } from './collect/collect-remote.ts';
import { deliverRemote } from './deliver/deliver-remote.ts';
import type { RemoteFilesOptions } from './remote-files-options.ts';
import { deliverTreeRemote } from './tree/deliver-tree.ts';

export type { ArchiveSender, RemoteFilesOptions } from './remote-files-options.ts';

/** What a place that is not on this machine does with files: archives that come and go by exec, or go by the back end. */
export function createRemoteFiles(options: RemoteFilesOptions): Pick<Place, 'collect' | 'deliver' | 'deliverTree'> {
  return {
    collect: (selection, signal, leftOut) => collectRemote(options, selection, signal, leftOut),
    deliver: (files, signal) => deliverRemote(options, files, signal),
    deliverTree: (directory, signal) => deliverTreeRemote(options, directory, signal),
  };
}
