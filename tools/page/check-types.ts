import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { generatePageApi } from './generate-page-api.ts';

/** Checks the types of `web/` against the coordinator's routes as they are now. */
generatePageApi();
const root = join(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'web')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
