import { Failure } from '../../../../base/index.ts';
import { expandFinally, type PayloadService } from '../../../../protocol/index.ts';
import type { ConfiguredService, DockerSettings } from '../../settings.ts';
import { serviceNames } from './service-names.ts';

/** One service of a job, as it will be started. */
export interface PlannedService {
  /** 0, 1, … in the job; its container is named by it. */
  readonly index: number;
  /** Variables in it are expanded. */
  readonly image: string;
  /** For people. */
  readonly title: string;
  readonly aliases: readonly string[];
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly pullPolicy: readonly string[];
  /** Such as `linux/arm64`; null: the engine's. */
  readonly platform: string | null;
  readonly user: string | null;
}

export interface ServicesWanted {
  readonly services: readonly PayloadService[];
  readonly settings: Pick<DockerSettings, 'services' | 'servicesLimit'>;
  /** The job's, expanded. */
  readonly variables: Readonly<Record<string, string>>;
  /** Those of them that its services may know: public, and no files. */
  readonly publicVariables: Readonly<Record<string, string>>;
  readonly warn: (text: string) => void;
}

/**
 * First the services that the runner starts for every job, then the job's own. One that could be reached by no name is left out, as with GitLab's runner.
 * @throws Failure `executor_unavailable` for more than the runner allows
 */
export function planServices(wanted: ServicesWanted): readonly PlannedService[] {
  const { settings, services, warn } = wanted;
  const limit = settings.servicesLimit ?? -1;
  if (limit >= 0 && services.length > limit) {
    throw new Failure(
      'executor_unavailable',
      `the job has ${services.length} services, and its runner allows ${limit} (services_limit)`,
    );
  }
  const all = [...settings.services.map(configured), ...services.map((service) => fromJob(service, wanted))];
  const taken = new Set<string>();
  return all.flatMap(({ names, ...service }, index): PlannedService[] => {
    const { title, aliases, warnings } = serviceNames(service.image, names, taken);
    for (const text of warnings) warn(text);
    if (aliases.length === 0) {
      warn(`Service ${title} is not started: there is no name left by which it could be reached`);
      return [];
    }
    for (const alias of aliases) taken.add(alias);
    const environment = { ...wanted.publicVariables, ...service.environment };
    return [{ ...service, index, title, aliases, environment }];
  });
}

interface Named extends Omit<PlannedService, 'index' | 'title' | 'aliases'> {
  readonly names: readonly (string | null)[];
}

function configured({ name, aliases, entrypoint, command, environment }: ConfiguredService): Named {
  return {
    image: name,
    names: aliases,
    entrypoint,
    command,
    environment: Object.fromEntries(environment.map(({ key, value }) => [key, value])),
    pullPolicy: [],
    platform: null,
    user: null,
  };
}

/** Own variables may name each other and the job's. */
function fromJob(service: PayloadService, { variables }: ServicesWanted): Named {
  const own = service.variables.filter(({ file }) => !file);
  const values: Record<string, string> = { ...variables };
  const expand = (text: string): string => expandFinally(text, (name) => values[name]);
  const environment: Record<string, string> = {};
  for (const { key, value, raw } of own) {
    const expanded = raw ? value : expand(value);
    values[key] = expanded;
    environment[key] = expanded;
  }
  const options = service.executor_opts.docker ?? {};
  return {
    image: expand(service.name),
    names: [service.alias === null ? null : expand(service.alias)],
    entrypoint: service.entrypoint,
    command: service.command,
    environment,
    pullPolicy: service.pull_policy,
    platform: wordOf(options.platform, expand),
    user: wordOf(options.user, expand),
  };
}

function wordOf(value: string | number | undefined, expand: (text: string) => string): string | null {
  return value === undefined || value === '' ? null : expand(String(value));
}
