import { type Clock, Failure } from '../../../base/index.ts';
import type { JobSpec, Say } from '../../executor.ts';
import type { PrivateNotes } from '../container/private-notes.ts';
import type { Engine } from '../engine/engine.ts';
import { checkAllowedImage, checkAllowedService } from '../images/allowed.ts';
import type { ProvidedImage } from '../images/inspect-image.ts';
import { provideImage, type WantedImage } from '../images/provide-image.ts';
import { choosePullPolicies } from '../images/pull-policy.ts';
import type { ServiceImage } from '../services/services.ts';
import type { DockerSettings } from '../settings.ts';

export interface ImageMeans {
  readonly settings: DockerSettings;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly engine: Engine;
}

/** The images of one job: allowed, and there in the end. */
export class JobImages {
  readonly #means: ImageMeans;
  readonly #job: JobSpec;
  readonly #notes: PrivateNotes;

  constructor(means: ImageMeans, job: JobSpec, notes: PrivateNotes) {
    this.#means = means;
    this.#job = job;
    this.#notes = notes;
  }

  /** Of the job's own container. @throws Failure `executor_unavailable`: neither the job nor the runner names one */
  get name(): string {
    const name = this.#job.image?.name ?? this.#means.settings.image;
    if (name) return name;
    throw new Failure('executor_unavailable', 'the job names no image, and the runner has none for such jobs');
  }

  /** Another container of the job is made of what the first was made of, whatever the name means by now, and whether the registry answers. */
  async own(signal: AbortSignal, say: Say): Promise<Pick<ProvidedImage, 'id'>> {
    const noted = this.#notes.container?.imageId;
    if (noted) return { id: noted };
    const { settings } = this.#means;
    const { image } = this.#job;
    const { name } = this;
    checkAllowedImage(name, settings);
    const policies = choosePullPolicies({ name, pullPolicy: image?.pull_policy ?? [], settings });
    const asked = image?.executor_opts.docker?.platform;
    const platform = asked === undefined ? null : String(asked);
    return await this.#provide({ name, policies, platform }, signal, say);
  }

  ofService(
    { image: name, pullPolicy, platform }: ServiceImage,
    signal: AbortSignal,
    say: Say,
  ): Promise<Pick<ProvidedImage, 'id'>> {
    const { settings } = this.#means;
    checkAllowedService(name, settings);
    return this.#provide({ name, policies: choosePullPolicies({ name, pullPolicy, settings }), platform }, signal, say);
  }

  #provide(
    wanted: Pick<WantedImage, 'name' | 'policies' | 'platform'>,
    signal: AbortSignal,
    say: Say,
  ): Promise<Pick<ProvidedImage, 'id'>> {
    const { engine, clock, env } = this.#means;
    const { variables, credentials = [] } = this.#job;
    const sources = { authConfig: variables.DOCKER_AUTH_CONFIG, env, payload: credentials };
    return provideImage({ ...wanted, engine, clock, say, signal, credentials: sources });
  }
}
