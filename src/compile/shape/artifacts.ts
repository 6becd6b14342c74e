import Type, { type Static } from 'typebox';
import { closed, Duration, flattened, maybe, oneOf, TextList, TextOrList } from './scalars.ts';

const SaveWhen = oneOf('on_success', 'on_failure', 'always');

/** Report types whose value is a path or a list of paths. Source: GitLab's list. */
const PATH_REPORTS = [
  'accessibility',
  'annotations',
  'api_fuzzing',
  'browser_performance',
  'cluster_image_scanning',
  'codequality',
  'container_scanning',
  'coverage_fuzzing',
  'cyclonedx',
  'dast',
  'dependency_scanning',
  'dotenv',
  'junit',
  'license_management',
  'license_scanning',
  'load_performance',
  'lsif',
  'metrics',
  'performance',
  'repository_xray',
  'requirements',
  'requirements_v2',
  'sarif',
  'sast',
  'secret_detection',
  'terraform',
] as const;
type PathReport = (typeof PATH_REPORTS)[number];

const pathReports = Object.fromEntries(PATH_REPORTS.map((name) => [name, maybe(TextOrList)])) as Record<
  PathReport,
  ReturnType<typeof maybe<typeof TextOrList>>
>;

export const Artifacts = closed({
  name: maybe(Type.String()),
  paths: maybe(TextList),
  exclude: maybe(TextList),
  untracked: maybe(Type.Boolean()),
  when: maybe(SaveWhen),
  expire_in: maybe(Duration),
  expose_as: maybe(Type.String({ maxLength: 100, pattern: '^[A-Za-z0-9_ -]+$' })),
  public: maybe(Type.Boolean()),
  access: maybe(oneOf('none', 'developer', 'maintainer', 'all')),
  reports: maybe(
    closed({
      ...pathReports,
      coverage_report: maybe(closed({ coverage_format: oneOf('cobertura', 'jacoco'), path: Type.String() })),
    }),
  ),
});
export type ArtifactsConfig = Static<typeof Artifacts>;

/** Keys become directory names: a slash, or nothing but dots, would leave the cache directory. */
const CacheKeyText = Type.String({
  pattern: '^(?!\\.+$)[^/]+$',
  description: 'text without "/" that is not only dots',
});
const KeyFiles = Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 2 });

export const CacheItem = closed({
  key: maybe(
    Type.Union([
      CacheKeyText,
      closed({ files: KeyFiles, prefix: maybe(Type.String()) }),
      closed({ files_commits: KeyFiles, prefix: maybe(Type.String()) }),
    ]),
  ),
  paths: maybe(TextList),
  untracked: maybe(Type.Boolean()),
  unprotect: maybe(Type.Boolean()),
  policy: maybe(
    Type.String({ pattern: '^(pull-push|pull|push|.*\\$.*)$', description: 'pull-push, pull, push or a variable' }),
  ),
  when: maybe(SaveWhen),
  fallback_keys: maybe(Type.Array(CacheKeyText, { maxItems: 5 })),
});
export type CacheItemConfig = Static<typeof CacheItem>;

const cacheOptions = { description: 'a cache or a list of at most 4 caches' };
export const Cache = Type.Union(
  [CacheItem, flattened('Caches', [CacheItem], { ...cacheOptions, maxItems: 4 })],
  cacheOptions,
);
