import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CellExecutor, GATES } from '../../daemon/matrix/cell-executor.ts';
import { docker, dockerHost, images } from '../../support/docker/docker.ts';
import { whatIsLeft } from '../../support/docker/left.ts';

/** Jobs of the fault matrix in containers. */
export const inContainers: CellExecutor = {
  words({ url, tokenFile, directory, place }) {
    const gates = join(place, GATES);
    const lines = {
      'concurrent = 1': {},
      '[[runners]]': { name: 'matrix', url, token: readFileSync(tokenFile, 'utf8'), executor: 'docker' },
      '[runners.docker]': {
        host: dockerHost,
        image: images.busybox,
        pull_policy: ['never'],
        volumes: [`${gates}:${gates}`],
      },
    };
    const text = Object.entries(lines).flatMap(([head, values]) => [
      head,
      ...Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    ]);
    const config = join(place, 'config.toml');
    writeFileSync(config, `${text.join('\n')}\n`, { mode: 0o600 });
    return ['--config', config, '--working-directory', directory, '--no-guard'];
  },
  losePower(place) {
    const names = docker('ps', '--filter', `volume=${join(place, GATES)}`, '--format', '{{.Names}}');
    if (names !== '') docker('kill', ...names.split('\n'));
  },
  async left(directory) {
    return (await whatIsLeft(dockerHost, directory)).map(({ kind, name }) => `${kind} ${name}`);
  },
};
