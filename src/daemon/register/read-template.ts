import { parse, TomlError } from 'smol-toml';
import { describeError, Failure, readRegularFile } from '../../base/index.ts';
import type { Table } from '../config/table-reader.ts';

/** The keys of the one `[[runners]]` of a file, as `--template-config` names it. @throws Failure `bad_template` */
export function readTemplate(path: string): Table {
  let runners: unknown;
  try {
    ({ runners } = parse(readRegularFile(path).toString()));
  } catch (error) {
    const why =
      error instanceof TomlError ? `line ${error.line}: ${error.message.split('\n')[0]}` : describeError(error);
    throw new Failure('bad_template', `cannot read ${path}: ${why}`);
  }
  if (Array.isArray(runners) && runners.length === 1) return runners[0] as Table;
  throw new Failure('bad_template', `${path} is to have exactly one [[runners]]`);
}
