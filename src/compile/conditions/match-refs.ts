import type { ConditionCache } from './condition-cache.ts';

/** What the `refs` of `only` and `except` are compared with. */
export interface PipelineRef {
  /** Branch or tag name; of a merge request pipeline its source branch. */
  readonly name: string;
  readonly kind: 'branch' | 'tag' | 'merge_request';
  /** `CI_PIPELINE_SOURCE`. */
  readonly source: string;
  readonly projectPath: string;
}

/**
 * A ref pattern is a keyword (`branches`, `tags`, or a source in singular or plural, such as `pushes`), a name, or `/regex/`,
 * each optionally limited to a project by `@path`. Names and expressions never match merge request pipelines.
 */
export function matchRefs(patterns: readonly string[], ref: PipelineRef, cache: ConditionCache): boolean {
  return patterns.some((pattern) => matchRef(pattern, ref, cache));
}

function matchRef(text: string, ref: PipelineRef, cache: ConditionCache): boolean {
  const at = text.indexOf('@');
  const pattern = at === -1 ? text : text.slice(0, at);
  if (at !== -1 && text.slice(at + 1) !== ref.projectPath) return false;
  if (pattern === 'tags' && ref.kind === 'tag') return true;
  if (pattern === 'branches' && ref.kind === 'branch') return true;
  const source = ref.source.replace(/_event$/, '');
  if (pattern === source || pattern === plural(source)) return true;
  if (ref.kind === 'merge_request') return false;
  const regex = splitRegex(pattern);
  const compiled = regex === null ? null : cache.regex(regex.source, regex.flags);
  return compiled === null ? pattern === ref.name : compiled.test(ref.name);
}

/** `/source/flags`; null: something else. */
export function splitRegex(text: string): { readonly source: string; readonly flags: string } | null {
  const match = /^\/(.*)\/([ismU]*)$/s.exec(text);
  return match === null ? null : { source: match[1] ?? '', flags: match[2] ?? '' };
}

function plural(source: string): string {
  return source.endsWith('sh') ? `${source}es` : `${source}s`;
}
