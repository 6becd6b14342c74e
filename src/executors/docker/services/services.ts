import type { PayloadService } from '../../../protocol/index.ts';
import type { Engine } from '../engine/engine.ts';
import { chooseUser, isPrivilegedService } from '../images/allowed.ts';
import { type Labels, markOf } from '../labels.ts';
import type { DockerSettings } from '../settings.ts';
import type { JobNetwork } from './network.ts';
import { openService } from './open-service.ts';
import { type PlannedService, planServices } from './plan/plan-services.ts';
import { serviceSpec } from './plan/service-spec.ts';
import { serviceFacts } from './service-facts.ts';
import { followLogs, lastLines } from './service-logs.ts';
import { stopServices } from './stop-services.ts';
import { describeEnd, type RunningService, type ServiceClock, waitForServices } from './wait-for-services.ts';

export interface ServicesOptions {
  readonly engine: Engine;
  readonly clock: ServiceClock;
  readonly network: JobNetwork;
  readonly job: {
    /** See `nameOf`. */
    readonly name: string;
    /** See `labelsOf`, of type `service`. */
    readonly labels: Labels;
    /** Expanded; `CI_DEBUG_SERVICES=true` among them tells the services' logs. */
    readonly variables: Readonly<Record<string, string>>;
    /** Those that services may know: public, and no files. */
    readonly publicVariables: Readonly<Record<string, string>>;
  };
  readonly services: readonly PayloadService[];
  readonly settings: DockerSettings;
  /** What the job's container has of `volumes`; see `HostConfig.Binds`. */
  readonly binds: readonly string[];
  /** Allowed and there in the end, or a Failure. */
  readonly provide: (wanted: ServiceImage) => Promise<{ readonly id: string }>;
  /** A line of the job's log, without its end. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export type ServiceImage = Pick<PlannedService, 'image' | 'pullPolicy' | 'platform'>;

export interface Services {
  readonly ids: readonly string[];
  /** `alias:ip`, for `ExtraHosts` of the job's container, where no network tells; else empty. */
  readonly hosts: readonly string[];
  /** Lines about those that have ended since: each once. An engine that does not answer is no news. For the end of a step. Never rejects. */
  died(): Promise<readonly string[]>;
  /** Nothing is told of their logs any more; they go on. */
  close(): Promise<void>;
  /** As `stopServices`. */
  stop(graceSeconds: number): Promise<void>;
}

/**
 * Starts the services of a job one after the other, or finds them, and waits until they are ready. That one is not ready only warns. What a call that failed
 * has made stays until `stopServices`.
 * @throws Failure `executor_unavailable` when one cannot be started, what `provide` throws, `canceled`, `engine_unreachable`
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { engine, clock, settings, say, signal } = options;
  const running: RunningService[] = [];
  const warn = (text: string): void => say(`WARNING: ${text}`);
  for (const service of planServices({ ...options, ...options.job, warn })) {
    const opened = await open(service, options);
    running.push({ ...opened, id: opened.facts.id, title: service.title, aliases: service.aliases });
  }
  const close = tellLogs(running, options);
  try {
    const timeoutMs = settings.waitForServicesMs;
    const told = timeoutMs === null ? [] : await waitForServices(running, { engine, clock, timeoutMs, say, signal });
    return theServices(options, { running, told: new Set(told), close });
  } catch (error) {
    await close();
    throw error;
  }
}

function open(service: PlannedService, options: ServicesOptions): ReturnType<typeof openService> {
  const { engine, clock, job, network, settings, binds, provide, say, signal } = options;
  const { title, platform, image } = service;
  return openService({
    engine,
    clock,
    name: `${job.name}-svc-${service.index}`,
    title,
    platform,
    mark: markOf(job.labels),
    async spec() {
      say(`Starting service ${title}...`);
      const { id } = await provide(service);
      const isPrivileged = isPrivilegedService(image, settings);
      const user = chooseUser(service.user, { ...settings, user: null });
      return serviceSpec({ service, imageId: id, labels: job.labels, network, settings, binds, isPrivileged, user });
    },
    signal,
  });
}

/** @returns how to end it */
function tellLogs(running: readonly RunningService[], { engine, job, say }: ServicesOptions): () => Promise<void> {
  const end = new AbortController();
  const isAsked = /^(?:1|t|true)$/i.test(job.variables.CI_DEBUG_SERVICES ?? '');
  const told = isAsked ? running.map((service) => followLogs(engine, service, { say, end: end.signal })) : [];
  return async () => {
    end.abort();
    await Promise.all(told);
  };
}

const DIED_MS = 10_000;

function theServices(
  { engine, network, job }: ServicesOptions,
  {
    running,
    told,
    close,
  }: { readonly running: readonly RunningService[]; readonly told: Set<string>; close(): Promise<void> },
): Services {
  return {
    ids: running.map(({ id }) => id),
    hosts: network.reachedBy === 'hosts' ? hostsOf(running) : [],
    async died() {
      const silent = running.filter(({ id }) => !told.has(id));
      const news = await Promise.all(silent.map((service) => endOf(engine, service)));
      return news.flatMap((lines, index) => {
        const id = silent[index]?.id;
        if (lines.length === 0 || id === undefined || told.has(id)) return [];
        told.add(id);
        return lines;
      });
    },
    close,
    async stop(graceSeconds) {
      try {
        await stopServices(engine, markOf(job.labels), graceSeconds);
      } finally {
        await close();
      }
    },
  };
}

function hostsOf(running: readonly RunningService[]): readonly string[] {
  return running.flatMap(({ aliases, facts }) => {
    const [address] = facts.addresses;
    return address === undefined ? [] : aliases.map((alias) => `${alias}:${address}`);
  });
}

/** Empty: it runs, or nothing is known of it. */
async function endOf(engine: Engine, { id, title }: RunningService): Promise<readonly string[]> {
  try {
    const facts = await serviceFacts(engine, id, AbortSignal.timeout(DIED_MS));
    if (facts?.isRunning) return [];
    const lines = facts === null ? [] : await lastLines(engine, id);
    const end = `Service ${title} does not run any more: ${describeEnd(facts)}`;
    return [lines.length === 0 ? end : `${end}. What it printed last:`, ...lines.map((line) => `  ${line}`)];
  } catch {
    return [];
  }
}
