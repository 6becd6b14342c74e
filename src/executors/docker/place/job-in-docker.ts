import { describeError, Failure } from '../../../base/index.ts';
import type { JobSpec, Say } from '../../executor.ts';
import { removeDirectories } from '../../files/project-dir.ts';
import type { ProcessTable } from '../../processes/table/process-table.ts';
import { type ContainerFiles, mountedFiles } from '../container/container-files.ts';
import type { ContainerPlan } from '../container/container-spec.ts';
import { inspectContainer } from '../container/inspect-container.ts';
import { openContainer } from '../container/job-container.ts';
import type { JobContainer } from '../container/private-notes.ts';
import { type PrivateNotes, privateNotes } from '../container/private-notes.ts';
import { runInside } from '../container/run-inside.ts';
import { openVolumes, type Volumes } from '../container/volumes.ts';
import { type Engine, isRefusal, type StreamEngine } from '../engine/engine.ts';
import { chooseUser, isPrivilegedImage } from '../images/allowed.ts';
import { hasMark, type JobMark, type Labels, labelsOf, nameOf, type ThingType } from '../labels.ts';
import { type JobNetwork, provideNetwork, removeNetwork } from '../services/network.ts';
import { type Services, type ServicesOptions, startServices } from '../services/services.ts';
import { stopServices } from '../services/stop-services.ts';
import { type ImageMeans, JobImages } from './job-images.ts';
import { isOrdinaryUser, Owners } from './owners.ts';
import { createRemoval, type Removal } from './removal.ts';

export interface DockerMeans extends ImageMeans {
  /** The name of the directory that the runner works in; null: it has none. */
  readonly owner: string | null;
  readonly durable: boolean;
  /** Asks once and does not wait for an engine that is away. */
  readonly impatient: StreamEngine;
  /** Of this machine. */
  readonly table: ProcessTable;
}

/** From a service's TERM to its KILL. */
const SERVICES_GRACE_S = 10;
const REOPEN_MS = 60_000;
/** What is there before the container. */
interface Around extends Volumes {
  readonly network: JobNetwork;
  readonly hosts: readonly string[];
}

const NEVER = new AbortController().signal;

/** What one job has on the engine: container, network, services. Each is found or made, however often it is asked for. */
export class JobInDocker {
  readonly means: DockerMeans;
  readonly job: JobSpec;
  readonly name: string;
  readonly mark: JobMark;
  readonly notes: PrivateNotes;
  readonly owners: Owners;
  readonly files: ContainerFiles;
  /** As this process has started or found them; null: it has not had to. */
  services: Services | null = null;
  readonly #images: JobImages;
  #container: JobContainer | null = null;
  #around: Around | null = null;

  /** @param files how it comes by files. Default: directories of this machine are mounted */
  constructor(means: DockerMeans, job: JobSpec, files: ContainerFiles = mountedFiles(job)) {
    this.means = means;
    this.files = files;
    this.job = job;
    this.name = nameOf(job.cookie);
    this.mark = { home: job.stepsDir, owner: means.owner };
    this.notes = privateNotes(job.stepsDir);
    this.owners = new Owners(means.engine, job);
    this.#images = new JobImages(means, job, this.notes);
  }

  /** Of the container as it was opened last. */
  get hasBash(): boolean {
    return this.#container?.bash != null;
  }

  /** Its id where it is known, else its name. */
  get containerId(): string {
    return this.notes.container?.id ?? this.name;
  }

  /** Running: found, started anew, or made anew. @throws Failure `executor_unavailable`, `canceled` */
  async open(signal: AbortSignal = NEVER, say: Say = () => {}): Promise<JobContainer> {
    const { engine, clock } = this.means;
    const { job, name, mark, notes } = this;
    const isRunning = (await inspectContainer(engine, this.containerId, signal))?.isRunning ?? false;
    // They end with the engine that is started anew; and another process has to know them before it can tell of them.
    if (this.#around === null || !isRunning) this.#around = await this.#openAround(signal, say);
    const around = this.#around;
    const container = await openContainer({
      ...{ engine, clock, name, mark, notes, files: this.files, stepsDir: job.stepsDir, signal },
      plan: () => this.#plan(around, signal, say),
    });
    const { kept } = around;
    if (!isRunning && kept.length > 0 && container.uid !== 0)
      await runInside(engine, container.id, ['chmod', '0777', ...kept], signal);
    this.#container = container;
    return container;
  }

  /** As it runs now; null: it does not. */
  async running(): Promise<JobContainer | null> {
    const state = await inspectContainer(this.means.engine, this.containerId);
    if (!state?.isRunning) return null;
    return this.#container?.id === state.id ? this.#container : await this.open();
  }

  /**
   * Before the runner reads or changes what steps have made: an ordinary user cannot, where it is root's or another user's, and git takes no directory that is another
   * user's. Only from inside can it be given back to an ordinary user. As far as that can be done.
   */
  async takeBack(): Promise<void> {
    const { owners } = this;
    if (!owners.mayBeTheirs) return;
    if (!isOrdinaryUser() && this.#container?.uid === 0) return;
    if (isOrdinaryUser()) await this.#reopen().catch(() => undefined);
    await owners.takeBack({ id: this.containerId }).catch((error: unknown) => {
      // Whoever cannot read what is there says so.
      if (!(error instanceof Failure)) throw error;
    });
  }

  /** Each part is tried, whatever becomes of the others. @throws Failure `place_left` that names what could not be removed */
  async remove(keepFiles: boolean): Promise<void> {
    const removal = createRemoval();
    const { attempt } = removal;
    // From inside, where this is no root.
    if (isOrdinaryUser()) await attempt(() => this.takeBack());
    await this.removeContainers(removal);
    if (!isOrdinaryUser()) await attempt(() => this.owners.takeBack({ id: this.containerId }));
    await this.removeAround(removal);
    if (!keepFiles) await attempt(() => removeDirectories(this.job));
    removal.finish();
    this.notes.remove();
  }

  /** By id and by name: a script with the engine's socket can have given it another name. */
  async removeContainers({ attempt }: Removal): Promise<void> {
    const { engine } = this.means;
    const noted = this.notes.container;
    if (noted !== null) await attempt(() => removeContainer(engine, noted.id));
    await attempt(() => this.#removeByName());
  }

  async removeAround({ attempt }: Removal): Promise<void> {
    const { engine } = this.means;
    await this.stopServices({ attempt });
    await attempt(() => removeNetwork(engine, this.name));
  }

  async stopServices({ attempt }: Pick<Removal, 'attempt'>): Promise<void> {
    await this.services?.close();
    await attempt(() => stopServices(this.means.engine, this.mark, SERVICES_GRACE_S));
  }

  #labels(type: ThingType): Labels {
    return labelsOf(this.job, type, this.means.owner);
  }

  /** Anybody can give a container any name: another's stays. */
  async #removeByName(): Promise<void> {
    const { engine } = this.means;
    const found = await inspectContainer(engine, this.name);
    if (found !== null && hasMark(found.labels, this.mark)) await removeContainer(engine, found.id);
  }

  /** The container that is there, for its files alone: without services, and none is made anew. */
  async #reopen(): Promise<JobContainer> {
    const { engine, clock } = this.means;
    const { job, name, mark, notes } = this;
    return await openContainer({
      ...{ engine, clock, name, mark, notes, stepsDir: job.stepsDir, signal: AbortSignal.timeout(REOPEN_MS) },
      files: this.files,
      plan: () => Promise.reject(new Failure('executor_unavailable', 'the container of the job is gone')),
    });
  }

  async #openAround(signal: AbortSignal, say: Say): Promise<Around> {
    const { engine, clock, settings } = this.means;
    const { job, name } = this;
    const labels = this.#labels('network');
    const network = await provideNetwork({ engine, clock, name, stepsDir: job.stepsDir, labels, settings, signal });
    const cached = { volumes: settings.volumes, labels: this.#labels('cache') };
    const volumes = await openVolumes({ engine, job, ...cached, signal });
    await this.services?.close();
    try {
      this.services = await this.#startServices({ network, binds: volumes.binds, signal, say });
    } catch (error) {
      // A cleanup without them is better than none.
      if (this.notes.container === null || !(error instanceof Failure) || signal.aborted) throw error;
      say(`WARNING: the services of the job cannot be had any more: ${describeError(error)}`);
    }
    return { ...volumes, network, hosts: this.services?.hosts ?? [] };
  }

  async #plan({ network, binds, hosts }: Around, signal: AbortSignal, say: Say): Promise<ContainerPlan> {
    const { settings } = this.means;
    const { job } = this;
    const image = await this.#images.own(signal, say);
    const asked = job.image?.executor_opts.docker?.user;
    const user = chooseUser(asked === undefined ? null : String(asked), settings);
    const isPrivileged = isPrivilegedImage(this.#images.name, settings);
    const labels = this.#labels('build');
    return { job, settings, labels, image, network, user, isPrivileged, hosts, binds, files: this.files };
  }

  async #startServices(more: Pick<ServicesOptions, 'network' | 'binds' | 'signal' | 'say'>): Promise<Services> {
    const { engine, clock, settings } = this.means;
    const { job, name } = this;
    const { variables, publicVariables = {} } = job;
    const { signal, say } = more;
    return await startServices({
      ...{ engine, clock, settings, services: job.services, ...more },
      job: { name, labels: this.#labels('service'), variables, publicVariables },
      provide: (wanted) => this.#images.ofService(wanted, signal, say),
    });
  }
}

/** With its anonymous volumes; whatever still runs in it is killed. */
async function removeContainer(engine: Engine, name: string): Promise<void> {
  await engine.ask('DELETE', `/containers/${name}`, { query: { force: true, v: true } }).catch((error: unknown) => {
    // 409: somebody else removes it at this moment.
    if (!isRefusal(error, 404, 409)) throw error;
  });
}
