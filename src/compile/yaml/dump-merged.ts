import { DUMP_SCHEMA, defineScalarTag, dump, NOT_RESOLVED } from 'js-yaml';
import type { MergedFile } from '../context.ts';
import { YamlFloat } from './compose/yaml-float.ts';
import { isMapping, Reference } from './mapping.ts';

/** Prints `1.0` as `1.0`: as the number 1 it would read back as an integer. */
const floatTag = defineScalarTag('tag:yaml.org,2002:float', {
  implicit: true,
  resolve: (text) => (/^[-+]?(\.\d+|\d+\.\d*)(e[-+]\d+)?$|^[-+]?\.inf$|^\.nan$/i.test(text) ? text : NOT_RESOLVED),
  identify: (value) => value instanceof YamlFloat,
  represent: (value: YamlFloat) => floatText(value),
});

const SCHEMA = DUMP_SCHEMA.withTags(floatTag);

function floatText(float: YamlFloat): string {
  const text = float.toString();
  if (text === 'NaN') return '.nan';
  return text.endsWith('Infinity') ? text.replace('Infinity', '.inf') : text;
}

/** The merged file as YAML that GitLab and we read back as the same values. */
export function dumpMerged(merged: MergedFile): string {
  const sections: string[] = [];
  for (const [name, value] of merged) {
    sections.push(dump({ [name]: withoutReferences(value) }, { schema: SCHEMA, noRefs: true, lineWidth: -1 }));
  }
  return sections.join('\n');
}

/** What JSON understands: floats as numbers, what could not be read as null, no marks. */
export function plainValue(value: unknown): unknown {
  if (value instanceof YamlFloat) return value.value;
  if (value instanceof Reference) return null;
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}

function withoutReferences(value: unknown): unknown {
  if (value instanceof Reference) return null;
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutReferences(item)]));
}
