import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { AdminOptions } from '../../../coordinator/index.ts';
import type { Host } from '../../host.ts';
import { xdgPaths } from '../../settings/xdg-paths.ts';

/** Which coordinator's data an admin command is about. */
export interface StoreFlags {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
}

export function addStoreFlags(line: Command): Command {
  return line
    .option('--data-dir <dir>', 'the one of `epilogue serve`')
    .option('--database-url <url>', 'the one of `epilogue serve`, with PostgreSQL');
}

export function storeOf({ dataDir, databaseUrl }: StoreFlags, host: Host): AdminOptions {
  return {
    dataDir: dataDir === undefined ? join(xdgPaths(host.env, host.homeDir).state, 'serve') : resolve(host.cwd, dataDir),
    databaseUrl: databaseUrl ?? null,
    clock: host.clock,
  };
}
