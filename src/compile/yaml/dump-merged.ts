import { dump } from 'js-yaml';
import type { MergedFile } from '../context.ts';
import { isMapping, Reference } from './mapping.ts';
import { YamlFloat } from './yaml-float.ts';

/** The merged file as YAML that GitLab and we read back as the same values. */
export function dumpMerged(merged: MergedFile): string {
  const sections: string[] = [];
  for (const [name, value] of merged) {
    sections.push(dump({ [name]: plain(value) }, { noRefs: true, lineWidth: -1, quoteStyle: 'double' }));
  }
  return sections.join('\n');
}

/** The merged file as plain data, for `JSON.stringify`. */
export function mergedToJson(merged: MergedFile): Record<string, unknown> {
  return Object.fromEntries([...merged].map(([name, value]) => [name, plain(value)]));
}

/** What JSON and YAML writers understand: floats as numbers, references by their path, no symbols. */
function plain(value: unknown): unknown {
  if (value instanceof YamlFloat) return value.value;
  if (value instanceof Reference) return `!reference [${value.path.join(', ')}]`;
  if (Array.isArray(value)) return value.map(plain);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
