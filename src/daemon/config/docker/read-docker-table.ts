import { dirname } from 'node:path';
import type { Problem } from '../../../base/index.ts';
import type { DockerSettings } from '../../../executors/index.ts';
import { type Table, TableReader } from '../table-reader.ts';
import { readDocker } from './read-docker.ts';

/** The keys of `[runners.docker]` in a table of another file, `[docker]`. @param file absolute; paths in the table are relative to its directory */
export function readDockerTable(
  table: Table,
  file: string,
): { readonly docker: DockerSettings; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const docker = readDocker(new TableReader(table, 'docker', { file, problems }), dirname(file));
  return { docker, problems };
}
