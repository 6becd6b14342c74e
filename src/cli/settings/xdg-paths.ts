import { isAbsolute, join } from 'node:path';
import type { Environment } from '../terminal/colour.ts';

/** Where this program keeps things. Source: the XDG base directory specification. */
export interface XdgPaths {
  /** What must be remembered: journals, logs, artifacts. */
  readonly state: string;
  /** What can be made again. */
  readonly cache: string;
  readonly config: string;
}

export function xdgPaths(env: Environment, homeDir: string): XdgPaths {
  const place = (variable: string, fallback: string) => {
    const given = env[variable];
    // The specification wants relative paths ignored.
    const base = given !== undefined && isAbsolute(given) ? given : join(homeDir, fallback);
    return join(base, 'epilogue');
  };
  return Object.freeze({
    state: place('XDG_STATE_HOME', '.local/state'),
    cache: place('XDG_CACHE_HOME', '.cache'),
    config: place('XDG_CONFIG_HOME', '.config'),
  });
}
