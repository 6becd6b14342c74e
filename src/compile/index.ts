export { compile } from './compile.ts';
export { compileRegex, type Regex, splitRegex } from './conditions/index.ts';
export type {
  CompileContext,
  CompileRef,
  CompileResult,
  CompileSource,
  DeclaredInput,
  JobReport,
} from './context.ts';
export { childInputs } from './plan/child-inputs.ts';
export { childSource } from './plan/child-source.ts';
export { jsonSchema } from './schema/json-schema.ts';
export { type ParsedExpiry, parseExpiry } from './values/duration.ts';
export { environmentSlug, slugify } from './values/slug.ts';
export { dumpMerged, plainValue } from './yaml/dump-merged.ts';
