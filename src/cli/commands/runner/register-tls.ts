import { dirname, resolve } from 'node:path';
import { findCertificates } from '../../../daemon/index.ts';
import type { Host } from '../../host.ts';
import type { RegisterFlags } from './register-flags.ts';

const KEYS = { 'tls-ca-file': 'tlsCaFile', 'tls-cert-file': 'tlsCertFile', 'tls-key-file': 'tlsKeyFile' } as const;

/** What the flags name, as the settings have it. Absolute: those know nothing of where the command was typed. */
export function tlsKeysFrom(flags: RegisterFlags, { cwd }: Host): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(KEYS).flatMap(([key, flag]) => {
      const given = flags[flag];
      return given === undefined ? [] : [[key, resolve(cwd, given)]];
    }),
  );
}

/** With what the server is spoken to: as by the runner once these keys are in the settings. @param config path of those */
export function tlsFiles(
  keys: Readonly<Record<string, unknown>>,
  url: string,
  config: string,
): ReturnType<typeof findCertificates> {
  const path = (key: keyof typeof KEYS): string | null => {
    const given = keys[key];
    return typeof given === 'string' && given !== '' ? resolve(dirname(config), given) : null;
  };
  const given = { caFile: path('tls-ca-file'), certFile: path('tls-cert-file'), keyFile: path('tls-key-file') };
  return findCertificates(given, url, dirname(config));
}
