import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerSettings } from '../../runner/index.ts';

/** What the entry does not name is looked for where GitLab's runner has it: `certs/HOST.crt`, `.auth.crt` and `.auth.key`, beside the file. */
export function findCertificates(given: RunnerSettings['tls'], url: string, configDir: string): RunnerSettings['tls'] {
  const host = URL.parse(url)?.hostname ?? '';
  if (host === '') return given;
  const find = (ending: string): string | null => {
    const path = join(configDir, 'certs', `${host}.${ending}`);
    return existsSync(path) ? path : null;
  };
  return {
    caFile: given.caFile ?? find('crt'),
    certFile: given.certFile ?? find('auth.crt'),
    keyFile: given.keyFile ?? find('auth.key'),
  };
}
