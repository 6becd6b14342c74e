import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { EditorState } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { describe, keysOf, lookUp, type Schema, valuesOf } from './look-up.ts';
import { readKey, readPlace, topKeys, topList } from './read-place.ts';

/** Of the file, and never the name of a job. */
const RESERVED: ReadonlySet<string> = new Set([
  'default',
  'stages',
  'variables',
  'workflow',
  'include',
  'spec',
  'image',
  'services',
  'cache',
  'before_script',
  'after_script',
]);
const USUAL_STAGES = ['.pre', 'build', 'test', 'deploy', '.post'];

/** Keys and values that the schema allows here, stages and jobs of the file. @param schema null: it has not come yet */
export function completeFrom(schema: () => Schema | null): (context: CompletionContext) => CompletionResult | null {
  return ({ state, pos, explicit }) => {
    const root = schema();
    const place = root === null ? null : readPlace(...before(state, pos));
    if (root === null || place === null || (place.word === '' && !place.isValue && !explicit)) return null;
    const { path, word, isValue } = place;
    const keys = isValue ? [] : [...keysOf(root, path)].map(([name, below]) => keyOf(name, below));
    const values = isValue || path.at(-1) === '*' ? [...valuesOf(root, path), ...namesIn(state, path)] : [];
    const options = [...keys, ...[...new Set(values)].map((label): Completion => ({ label, type: 'constant' }))];
    return options.length === 0 ? null : { from: pos - word.length, options, validFor: /^[\w.-]*$/ };
  };
}

/** What a key takes, in words, at the pointer. */
export function explainFrom(schema: () => Schema | null) {
  return hoverTooltip((view, pos) => {
    const root = schema();
    const path = root === null ? null : readKey(...before(view.state, pos));
    const words = root === null || path === null ? '' : describe(lookUp(root, path));
    if (path === null || words === '') return null;
    return {
      pos,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'explained';
        const name = document.createElement('strong');
        name.textContent = path.at(-1) ?? '';
        dom.append(name, `: ${words}`);
        return { dom };
      },
    };
  });
}

function keyOf(label: string, below: readonly Schema[]): Completion {
  return { label, apply: `${label}: `, type: 'property', detail: describe(below).slice(0, 60) };
}

/** What the file itself names: stages, and jobs that may be needed or extended. */
function namesIn({ doc }: EditorState, path: readonly string[]): readonly string[] {
  const lines = doc.toString().split('\n');
  const [job, key, ...rest] = path;
  if (key === 'stage' && rest.length === 0) {
    const stages = topList(lines, 'stages');
    return stages.length === 0 ? USUAL_STAGES : stages;
  }
  const isJob = (key === 'needs' && (rest.join() === '*' || rest.join() === '*,job')) || key === 'dependencies';
  if (!isJob && key !== 'extends') return [];
  const names = topKeys(lines).filter((name) => name !== job && !RESERVED.has(name));
  return isJob ? names.filter((name) => !name.startsWith('.')) : names;
}

function before({ doc }: EditorState, pos: number): [lines: readonly string[], column: number] {
  const line = doc.lineAt(pos);
  return [doc.sliceString(0, line.to).split('\n'), pos - line.from];
}
