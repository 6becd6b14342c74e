import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FAULTS } from '../daemon/matrix/phases.ts';
import { playRow } from '../daemon/matrix/play-row.ts';
import { SERVERS } from '../daemon/matrix/table.ts';
import { WORLDS } from '../daemon/matrix/worlds.ts';
import { describeOnDocker } from '../support/docker/docker.ts';
import { inContainers as executor } from './support/in-containers.ts';

/** `bin/test` plays one of them, `bin/test --long` both. */
const servers = process.env.LOAD === 'long' ? SERVERS : SERVERS.slice(0, 1);

describeOnDocker(
  'a job in a container',
  () => {
    const root = mkdtempSync(join(tmpdir(), 'matrix-'));
    it.concurrent.for(servers.flatMap((server) => FAULTS.map((fault) => ({ server, fault }))))(
      'of $server that $fault strikes ends as one on the host does',
      { timeout: 400_000 },
      async ({ server, fault }) => {
        const world = await WORLDS[server]();
        try {
          expect(await playRow({ world, executor, root }, { server, fault })).toBe('');
        } finally {
          await world.dispose();
        }
      },
    );
  },
  // Those of a test that runs beside it are none that are left.
  afterAll,
);
