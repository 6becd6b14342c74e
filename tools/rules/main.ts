import { join } from 'node:path';
import { checkArrows } from './check-arrows.ts';
import { checkBans } from './check-bans.ts';
import { checkCycles } from './check-cycles.ts';
import { checkFunctions } from './check-functions.ts';
import { checkSheets } from './check-sheets.ts';
import { checkSizes } from './check-sizes.ts';
import { checkTests } from './check-tests.ts';
import { readSources } from './source-file.ts';

/** The rules of this repository that no other tool knows: rooms and arrows, cycles, sizes, bans, style sheets. Argument: another tree. */
const root = process.argv[2] ?? join(import.meta.dirname, '../..');
const files = readSources(root);
const checks = [checkArrows, checkCycles, checkSizes, checkFunctions, checkTests, checkBans, checkSheets];
const findings = checks.flatMap((check) => check(files, root));
for (const { path, line, level, message } of findings) console.log(`${path}:${line}: ${level}: ${message}`);
const errors = findings.filter(({ level }) => level === 'error').length;
console.log(`${files.length} files, ${errors} errors, ${findings.length - errors} warnings`);
process.exitCode = errors === 0 ? 0 : 1;
