import type { VariableLookup } from '../protocol/index.ts';
import type { ConditionCache, FileSources, PathSource } from './conditions/index.ts';
import { createConditionCache } from './conditions/index.ts';
import type { CompileContext } from './context.ts';
import { memo } from './memo.ts';
import { createProblemList, type ProblemList } from './problems.ts';
import { createShapeChecks, type ShapeChecks } from './schema/validator.ts';
import { type ParsedDuration, type ParsedExpiry, parseDuration, parseExpiry } from './values/index.ts';
import { SourceMap } from './yaml/source-map.ts';

/** What the passes of one compile share. */
export interface Session {
  readonly context: CompileContext;
  readonly sources: SourceMap;
  readonly problems: ProblemList;
  readonly checks: ShapeChecks;
  readonly cache: ConditionCache;
  readonly files: FileSources;
  /** Paths of the project, asked for once. */
  readonly projectFiles: () => readonly string[];
  /** Remembered by text: jobs repeat the same few. */
  readonly duration: (text: string | number) => ParsedDuration;
  readonly expiry: (text: string | number) => ParsedExpiry;
  /** Variables that exist before the file is read: predefined ones and those of whoever started the pipeline. */
  readonly outerVariables: VariableLookup;
}

export function openSession(context: CompileContext): Session {
  const sources = new SourceMap();
  let files: readonly string[] | undefined;
  const projectFiles = () => (files ??= context.files());
  return {
    context,
    sources,
    problems: createProblemList(sources),
    checks: createShapeChecks(),
    cache: createConditionCache(),
    files: fileSources(context, projectFiles),
    projectFiles,
    duration: memo(parseDuration),
    expiry: memo(parseExpiry),
    outerVariables: (name) => own(context.variables, name) ?? own(context.predefined, name),
  };
}

function own(variables: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

function fileSources(context: CompileContext, projectFiles: () => readonly string[]): FileSources {
  const changed = new Map<string | null, PathSource>();
  return {
    changed(compareTo) {
      let source = changed.get(compareTo);
      if (source === undefined) {
        source = compareTo === null ? pathsOrUnknown(context.changes) : changesSince(context, compareTo);
        changed.set(compareTo, source);
      }
      return source;
    },
    existing(project, ref) {
      if (project !== null || ref !== null)
        return { kind: 'error', message: 'exists in another project is not supported yet' };
      return { kind: 'paths', paths: projectFiles() };
    },
  };
}

function changesSince(context: CompileContext, ref: string): PathSource {
  if (context.changesSince === undefined) return { kind: 'unknown' };
  const paths = context.changesSince(ref);
  return 'unknown' in paths ? { kind: 'error', message: `compare_to: ${paths.unknown}` } : { kind: 'paths', paths };
}

function pathsOrUnknown(paths: readonly string[] | null): PathSource {
  return paths === null ? { kind: 'unknown' } : { kind: 'paths', paths };
}
