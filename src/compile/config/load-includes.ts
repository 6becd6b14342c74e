import { didYouMean } from '../../base/index.ts';
import { expandText } from '../../protocol/index.ts';
import { fillIn } from '../inputs/fill-in.ts';
import { type GivenInputs, NO_INPUTS } from '../inputs/take-inputs.ts';
import { LIMITS } from '../limits.ts';
import type { Finding } from '../problems.ts';
import { reportMisfit } from '../schema/check-keywords.ts';
import type { Session } from '../session.ts';
import { IncludeItem, type IncludeItemConfig } from '../shape/root.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { MERGED } from '../yaml/mapping.ts';
import { readYaml, type YamlFile } from '../yaml/read-yaml.ts';
import type { Place } from '../yaml/source-map.ts';
import { decideIncludeRules } from './include-rules.ts';
import { matchInclude } from './match-include.ts';
import { mergeRoots } from './merge.ts';

interface Loader {
  readonly session: Session;
  readonly read: Map<string, YamlFile>;
  /** Files being read right now, the outermost first: including one of them again would never end. */
  readonly open: string[];
  count: number;
  hasReferences: boolean;
}

export interface LoadedFile {
  readonly root: RootMap;
  readonly hasReferences: boolean;
}

/** Reads the files that a file includes, theirs too, and merges them: later includes win over earlier, the including file over all. */
export function loadIncludes(main: YamlFile, file: string, session: Session): LoadedFile {
  const loader: Loader = { session, read: new Map(), open: [file], count: 0, hasReferences: main.hasReferences };
  const root = main.root === null ? new Map() : mergeIncludes(main.root, loader);
  return { root, hasReferences: loader.hasReferences };
}

function mergeIncludes(root: RootMap, loader: Loader): RootMap {
  const include = root.get('include');
  if (include === undefined) return root;
  let merged: RootMap = new Map();
  for (const { item, place } of includeItems(root, include, loader.session)) {
    for (const path of pathsOf(item, place, loader)) {
      const included = loadFile(path, { place, inputs: inputsOf(item) }, loader);
      if (included !== null) merged = mergeRoots(merged, included);
    }
  }
  merged = mergeRoots(merged, root);
  merged.delete('include');
  merged[MERGED] = [root, ...(merged[MERGED] ?? [])];
  return merged;
}

interface IncludeEntry {
  readonly item: IncludeItemConfig;
  readonly place: Place;
}

/** The items whose shape is right; the others are reported. */
function includeItems(root: RootMap, include: unknown, session: Session): readonly IncludeEntry[] {
  if (include === null) return [];
  const entries: IncludeEntry[] = [];
  for (const [index, item] of (Array.isArray(include) ? include : [include]).entries()) {
    const [node, key, part] = Array.isArray(include)
      ? ([include, index] as const)
      : ([root, 'include', 'value'] as const);
    if (session.checks.passes(IncludeItem, item)) {
      entries.push({ item: item as IncludeItemConfig, place: { node, key, ...(part ? { part } : {}) } });
    } else {
      const owner = { subject: key === 'include' ? '' : 'include', path: key === 'include' ? '' : 'include' };
      reportMisfit({ schema: IncludeItem, value: item, node, key }, owner, session.problems);
      session.problems.lackInclude({ node, key });
    }
  }
  return entries;
}

/** The files that one item of `include` stands for; none when its rules say no, whatever it names. */
function pathsOf(item: IncludeItemConfig, place: Place, loader: Loader): readonly string[] {
  const { session } = loader;
  if (typeof item !== 'string' && !decideIncludeRules(item.rules ?? null, session)) return [];
  const local = typeof item === 'string' ? item : 'local' in item ? item.local : null;
  const kind = typeof item === 'string' ? (/^https?:\/\//.test(item) ? 'remote' : 'local') : kindOf(item);
  if (local === null || kind !== 'local') {
    const message = `include:${kind} is not supported yet`;
    refuse({ code: 'not-supported', message, hint: 'include:local works' }, place, session);
    return [];
  }
  return resolvePath(local, place, session);
}

function inputsOf(item: IncludeItemConfig): GivenInputs {
  const inputs = typeof item === 'string' ? null : (item.inputs ?? null);
  return inputs === null ? NO_INPUTS : { values: inputs, node: inputs };
}

function kindOf(item: object): string {
  return ['local', 'project', 'remote', 'template', 'component'].find((kind) => kind in item) ?? 'local';
}

function resolvePath(written: string, place: Place, session: Session): readonly string[] {
  const path = expandText(written, session.outerVariables).replace(/^\/+/, '');
  if (!/\.ya?ml$/.test(path)) {
    refuse({ code: 'bad-include', message: `include: "${written}" must end in .yml or .yaml` }, place, session);
    return [];
  }
  if (!path.includes('*')) return [path];
  const found = matchInclude(path, session.projectFiles());
  if (found.length > 0) return found;
  refuse({ code: 'include-not-found', message: `include: no file matches "${written}"` }, place, session);
  return [];
}

function refuse(finding: Finding, place: Place, { problems }: Session): void {
  problems.add({ ...finding, path: 'include' }, place);
  problems.lackInclude(place);
}

interface Wanted {
  readonly place: Place;
  readonly inputs: GivenInputs;
}

function loadFile(path: string, { place, inputs }: Wanted, loader: Loader): RootMap | null {
  const { session, open } = loader;
  const report = (code: string, message: string, hint: { hint?: string } = {}) => {
    refuse({ code, message, ...hint }, place, session);
    return null;
  };
  if (open.includes(path)) {
    return report(
      'include-cycle',
      `include goes round in a circle: ${[...open.slice(open.indexOf(path)), path].join(' → ')}`,
    );
  }
  if (open.length > LIMITS.includeDepth)
    return report('include-depth', `include is nested more than ${LIMITS.includeDepth} files deep`);
  loader.count++;
  if (loader.count === LIMITS.includedFiles + 1)
    report('too-many-includes', `more than ${LIMITS.includedFiles} files are included`);
  if (loader.count > LIMITS.includedFiles) return null;
  const file = readOnce(path, loader);
  if (file === null) {
    return report(
      'include-not-found',
      `include: the file "${path}" does not exist`,
      didYouMean(path, session.projectFiles()),
    );
  }
  const { root: filled } = fillIn(file, path, inputs, session);
  if (filled === null) session.problems.lackInclude(place);
  if (filled === null) return null;
  open.push(path);
  const root = mergeIncludes(filled, loader);
  open.pop();
  return root;
}

/** A file may be included more than once; it is read and its problems are reported once. null: there is no such file. */
function readOnce(path: string, loader: Loader): YamlFile | null {
  const known = loader.read.get(path);
  if (known !== undefined) return known;
  const text = loader.session.context.read(path);
  if (text === null) return null;
  const file = readYaml({ file: path, text }, loader.session.sources);
  loader.session.problems.addAll(file.problems);
  loader.hasReferences ||= file.hasReferences;
  loader.read.set(path, file);
  return file;
}
