import { type ArrowFunctionExpression, type Function as FunctionNode, Visitor } from 'oxc-parser';
import { isFixture } from './rooms.ts';
import { type Finding, lineAt, type SourceFile } from './source-file.ts';

const maxLines = 60;

/** No function is longer than a screen, those of tests included. A group of tests is no function: it holds one a test. */
export function checkFunctions(files: readonly SourceFile[]): readonly Finding[] {
  return files.filter(({ path }) => !isFixture(path)).flatMap(checkFile);
}

function checkFile({ path, text, program }: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  const groups = new Set<number>();
  const look = ({ start, end }: FunctionNode | ArrowFunctionExpression): void => {
    const line = lineAt(text, start);
    const lines = lineAt(text, end) - line + 1;
    if (groups.has(start) || lines <= maxLines) return;
    findings.push({ path, line, level: 'error', message: `a function of ${lines} lines, at most ${maxLines}` });
  };
  new Visitor({
    CallExpression: ({ callee, arguments: given }) => {
      if (/^describe\b|^describe[A-Z]/.test(text.slice(callee.start, callee.end))) {
        for (const argument of given) groups.add(argument.start);
      }
    },
    FunctionDeclaration: look,
    FunctionExpression: look,
    ArrowFunctionExpression: look,
  }).visit(program);
  return findings;
}
