import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Finding, lineAt, type SourceFile } from './source-file.ts';

/**
 * A view's style sheet stays in the page once the view was loaded, when another is shown too. So a class that stands outermost in it is its folder's
 * own: elsewhere an element of that class would look otherwise from then on. Who uses one all the same imports the sheet.
 */
export function checkSheets(files: readonly SourceFile[], root: string): readonly Finding[] {
  const sheets = new Set(files.flatMap(({ imports }) => imports.map(({ target }) => target ?? '').filter(isOfView)));
  const owners = [...sheets].flatMap((sheet) => {
    const path = join(root, sheet);
    return existsSync(path) ? outermostClasses(readFileSync(path, 'utf8')).map((name) => [name, sheet] as const) : [];
  });
  const owned = new Map(owners);
  return files
    .filter(({ path }) => path.endsWith('.tsx'))
    .flatMap((file) =>
      usedClasses(file.text).flatMap(({ name, offset }): readonly Finding[] => {
        const sheet = owned.get(name);
        if (sheet === undefined || file.path.startsWith(`${posix.dirname(sheet)}/`)) return [];
        if (file.imports.some(({ target }) => target === sheet)) return [];
        const message = `class ${name} is that of ${sheet}, which stays once its view was loaded; take another, or import it`;
        return [{ path: file.path, line: lineAt(file.text, offset), level: 'error', message }];
      }),
    );
}

function isOfView(path: string): boolean {
  return path.startsWith('web/src/views/') && path.endsWith('.css');
}

/** With which a rule begins that stands in no other, but for `@media` and its like. */
function outermostClasses(sheet: string): readonly string[] {
  const names: string[] = [];
  /** Of each block that is open whether it is a rule. */
  const open: boolean[] = [];
  for (const [, head = '', mark] of sheet.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/([^{};]*)([{};])/g)) {
    if (mark === '}') open.pop();
    if (mark !== '{') continue;
    const isRule = !head.trim().startsWith('@');
    if (isRule && !open.includes(true))
      for (const selector of head.split(',')) names.push(...(/^\s*[\w-]*\.([\w-]+)/.exec(selector)?.slice(1) ?? []));
    open.push(isRule);
  }
  return names;
}

/** What stands in texts of `class=…`. */
function usedClasses(text: string): readonly { readonly name: string; readonly offset: number }[] {
  return [...text.matchAll(/\bclass=(?:"([^"]*)"|\{([^}]*)\})/g)].flatMap(({ 1: plain, 2: code = '', index }) => {
    const texts =
      plain === undefined ? [...code.matchAll(/['"`]([^'"`]*)['"`]/g)].map(([, words = '']) => words) : [plain];
    const names = texts.flatMap((words) => words.split(/[^\w-]+/)).filter((name) => name !== '');
    return names.map((name) => ({ name, offset: index }));
  });
}
