import type { ArtifactRule, CacheRule } from '../../../protocol/index.ts';
import type { ArtifactsConfig, CacheItemConfig } from '../../shape/artifacts.ts';
import { plainList } from '../flatten.ts';

export function planArtifacts(config: ArtifactsConfig): ArtifactRule {
  return {
    name: config.name ?? null,
    paths: plainList(config.paths),
    exclude: plainList(config.exclude),
    untracked: config.untracked ?? false,
    when: config.when ?? 'on_success',
    expireIn: config.expire_in === null || config.expire_in === undefined ? null : String(config.expire_in),
    access: config.access ?? (config.public === false ? 'developer' : 'all'),
    exposeAs: config.expose_as ?? null,
    reports: config.reports ? planReports(config.reports) : NO_REPORTS,
  };
}

const NO_REPORTS: ArtifactRule['reports'] = {};

function planReports(reports: NonNullable<ArtifactsConfig['reports']>): Readonly<Record<string, readonly string[]>> {
  const planned: Record<string, readonly string[]> = {};
  for (const [type, value] of Object.entries(reports)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'string') planned[type] = [value];
    else planned[type] = 'path' in value ? [value.path] : plainList(value);
  }
  return planned;
}

/** A cache without a key has the key `default`. Keys made of files are worked out where the files are: on the runner. */
export function planCache(config: CacheItemConfig | readonly CacheItemConfig[]): readonly CacheRule[] {
  return (Array.isArray(config) ? config : [config]).map((item: CacheItemConfig) => {
    const { key } = item;
    const isText = typeof key !== 'object' || key === null;
    return {
      key: isText ? (key ?? 'default') : (key.prefix ?? ''),
      keyFiles: isText ? [] : plainList('files' in key ? key.files : key.files_commits),
      fallbackKeys: plainList(item.fallback_keys),
      paths: plainList(item.paths),
      untracked: item.untracked ?? false,
      policy: item.policy ?? 'pull-push',
      when: item.when ?? 'on_success',
    };
  });
}
