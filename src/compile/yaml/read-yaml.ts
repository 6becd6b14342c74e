import { YAMLException } from 'js-yaml';
import { hasErrors, type Problem } from '../../base/index.ts';
import { LIMITS } from '../limits.ts';
import { type Composed, compose, composePieces, type Piece, type RootMap } from './compose/compose.ts';
import { parse } from './parse.ts';
import { lineStarts, type SourceMap } from './source-map.ts';
import { splitText } from './split-text.ts';
import { lineAndColumn, syntaxProblem } from './syntax-problem.ts';

export interface YamlFile {
  /** null: nothing usable; `problems` says why. */
  readonly root: RootMap | null;
  /** `spec:` header before the first `---`; null when the file has none. */
  readonly header: RootMap | null;
  readonly hasReferences: boolean;
  readonly problems: readonly Problem[];
}

/** Reads one CI file. Every trouble with its text is a problem with a position; nothing is thrown. */
export function readYaml(source: { readonly file: string; readonly text: string }, sources: SourceMap): YamlFile {
  const text = source.text.startsWith('\uFEFF') ? source.text.slice(1) : source.text;
  const unreadable = checkText({ file: source.file, text });
  if (unreadable) return failed(unreadable);
  try {
    const pieces = splitText(text);
    const composed =
      (pieces.length > 1 && readPieces(source.file, text, pieces, sources)) || readWhole(source.file, text, sources);
    return pickDocuments(source.file, composed.documents, composed);
  } catch (error) {
    if (error instanceof YAMLException) return failed(syntaxProblem({ file: source.file, text }, error));
    throw error;
  }
}

function readWhole(name: string, text: string, sources: SourceMap): Composed {
  const events = parse(text);
  return compose({ file: sources.add({ name, text, lineStarts: lineStarts(text), start: 0 }, events.length), events });
}

/** null: the pieces do not stand for themselves, or are not valid; reading the whole tells. */
function readPieces(name: string, whole: string, pieces: readonly string[], sources: SourceMap): Composed | null {
  const lines = lineStarts(whole);
  let start = 0;
  function* parsed(): Generator<Piece> {
    for (const text of pieces) {
      const events = parse(text);
      yield { file: sources.add({ name, text, lineStarts: lines, start }, events.length), events };
      start += text.length;
    }
  }
  try {
    return composePieces(parsed());
  } catch (error) {
    if (error instanceof YAMLException) return null;
    throw error;
  }
}

function pickDocuments(
  file: string,
  documents: readonly unknown[],
  composed: { readonly problems: readonly Problem[]; readonly hasReferences: boolean },
): YamlFile {
  const { hasReferences } = composed;
  const [first, second] = documents;
  const header = documents.length > 1 && first instanceof Map && first.has('spec') ? first : null;
  const root = header === null ? first : second;
  if (root instanceof Map) return { root, header, hasReferences, problems: composed.problems };
  if (hasErrors(composed.problems)) return { ...failed(...composed.problems), header };
  const isEmpty = root === undefined || root === null;
  const message = isEmpty ? 'the file is empty' : 'the file must be a mapping from keys and job names to values';
  const problem: Problem = {
    code: isEmpty ? 'empty-file' : 'not-a-mapping',
    message,
    severity: 'error',
    file,
    line: 1,
    column: 1,
  };
  return { ...failed(...composed.problems, problem), header };
}

function failed(...problems: Problem[]): YamlFile {
  return { root: null, header: null, hasReferences: false, problems };
}

function checkText({ file, text }: { readonly file: string; readonly text: string }): Problem | null {
  if (text.length > LIMITS.fileChars) {
    const message = `the file is larger than ${LIMITS.fileChars / 1024 / 1024} MiB`;
    return { code: 'file-too-large', message, severity: 'error', file, line: 1, column: 1 };
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const message = 'the file contains a NUL byte: it is not text';
    return { code: 'nul-byte', message, severity: 'error', file, ...lineAndColumn(text, nul) };
  }
  // A decoder puts U+FFFD where bytes are not UTF-8.
  const invalid = text.indexOf('\uFFFD');
  if (invalid < 0) return null;
  const message = 'the file contains bytes that are not UTF-8';
  return { code: 'invalid-utf8', message, severity: 'error', file, ...lineAndColumn(text, invalid) };
}
