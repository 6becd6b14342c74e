import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Program, parseSync, Visitor } from 'oxc-parser';

/** One import, export-from, dynamic import or `import('…')` type. */
export interface Import {
  readonly specifier: string;
  /** Path relative to the checkout when the specifier is relative, else null. */
  readonly target: string | null;
  readonly line: number;
  /** Gone once the types are. */
  readonly isType: boolean;
}

export interface SourceFile {
  /** Relative to the checkout, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly program: Program;
}

/** What a check found. A warning is shown, an error fails the build. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly level: 'error' | 'warning';
  readonly message: string;
}

/** Every TypeScript file of the tree, tests included, in a stable order. Not what is generated (`web/generated`). */
export function readSources(root: string): readonly SourceFile[] {
  const paths = globSync(['{src,test,tools}/**/*.ts', 'web/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: root });
  return paths.toSorted().map((path) => readSource(root, path));
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const { program, module, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const imports: Import[] = [];
  const add = (specifier: string, offset: number, isType = false): void => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
    imports.push({ specifier, target, line: lineAt(text, offset), isType });
  };
  for (const { moduleRequest, entries } of module.staticImports)
    add(moduleRequest.value, moduleRequest.start, entries.length > 0 && entries.every(({ isType }) => isType));
  for (const { entries } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    const isType = entries.every((entry) => entry.isType);
    if (from) add(from.value, from.start, isType);
  }
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal' && typeof source.value === 'string') add(source.value, source.start);
    },
    TSImportType: ({ source }) => add(source.value, source.start, true),
  }).visit(program);
  return { path, text, lines: text.split('\n').length - 1, imports, program };
}

/** Counts from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
