import { readFile } from 'node:fs/promises';
import { describeError, errorCode, type Problem } from '../../base/index.ts';

export interface SettingFile {
  /** As the file has them, unchecked; null when there is no such file. */
  readonly values: Readonly<Record<string, unknown>> | null;
  readonly problems: readonly Problem[];
}

const ABSENT: SettingFile = { values: null, problems: [] };

/** Reads an epilogue.toml. The TOML parser is loaded only when the file exists. */
export async function readSettingFile(path: string): Promise<SettingFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return ABSENT;
    return broken({ file: path, message: `cannot be read: ${describeError(error)}` });
  }
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { values: parse(text), problems: [] };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The parser's own message goes on with a drawing of the line; the position says the same.
    const [message = 'is not TOML'] = error.message.split('\n');
    return broken({ file: path, line: error.line, column: error.column, message });
  }
}

function broken(problem: Omit<Problem, 'code' | 'severity'>): SettingFile {
  return { values: null, problems: [{ code: 'settings-file', severity: 'error', ...problem }] };
}
