import { isAbsolute, join } from 'node:path';
import { Failure } from '../../base/index.ts';
import type { Environment } from '../terminal/colour.ts';

/** Where this program keeps things. Source: the XDG base directory specification. */
export interface XdgPaths {
  /** What must be remembered: journals, logs, artifacts. */
  readonly state: string;
  /** What can be made again. */
  readonly cache: string;
  readonly config: string;
}

/** @throws Failure `no_home`, when a place is asked for that neither a variable nor a home directory gives. */
export function xdgPaths(env: Environment, homeDir: string | null): XdgPaths {
  const place = (variable: string, fallback: string) => {
    const given = env[variable];
    // The specification wants relative paths ignored.
    if (given !== undefined && isAbsolute(given)) return join(given, 'epilogue');
    if (homeDir === null) throw new Failure('no_home', `there is no home directory: set HOME or ${variable}`);
    return join(homeDir, fallback, 'epilogue');
  };
  return Object.freeze({
    get state() {
      return place('XDG_STATE_HOME', '.local/state');
    },
    get cache() {
      return place('XDG_CACHE_HOME', '.cache');
    },
    get config() {
      // Without a home there are no settings of one's own to be read, which is no reason to stop.
      const isGiven = homeDir !== null || isAbsolute(env.XDG_CONFIG_HOME ?? '');
      return isGiven ? place('XDG_CONFIG_HOME', '.config') : SYSTEM_CONFIG;
    },
  });
}

/** Where the specification puts the settings of all users. */
const SYSTEM_CONFIG = '/etc/xdg/epilogue';
