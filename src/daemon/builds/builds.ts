import { realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError, errorCode, Failure, makeDirectory, readRegularFile, writeDurably } from '../../base/index.ts';
import { type JobPayload, payloadSettings } from '../../protocol/index.ts';
import { listJournals, owesCleanup } from '../../runner/index.ts';
import type { Build } from './build.ts';
import { overlap, projectPath, shortTokenOf } from './build-path.ts';
import { BUILD_FILE, type Claim, claimDirectory } from './claim-directory.ts';
import { fitDirectory } from './fit-directory.ts';
import { wantedPath } from './wanted-path.ts';

/** What an entry says of its builds. */
export interface BuildSettings {
  readonly token: string;
  /** Absolute; entries may share it. */
  readonly buildsDir: string;
  /** Jobs may say `GIT_CLONE_PATH`. */
  readonly isPathFree: boolean;
}

interface Held {
  /** Of one runner and project: where its slots lie. */
  readonly project: string;
  readonly build: Build;
}

/** More than any machine runs jobs of one project at a time, and than it has directories that cannot be used. */
const MAX_SLOTS = 1000;

const ANOTHER = 'another runner builds there';

/** Which build directories the jobs of one runner's directory have. One process at a time works with it; where builds lie elsewhere, others may build there, too. */
export class Builds {
  /** By home. */
  readonly #held = new Map<string, Held>();
  readonly #claims = new Map<string, Claim>();
  /** Of this process alone. */
  readonly #own: string;
  readonly #warn: (text: string) => void;
  readonly #warned = new Set<string>();

  /** @param jobsDir where the homes lie; jobs of an earlier process that have not ended hold what they had */
  constructor(jobsDir: string, warn: (text: string) => void) {
    this.#warn = warn;
    this.#own = realpathSync.native(dirname(jobsDir));
    for (const { directory, reading } of listJournals(jobsDir)) {
      const isOver = reading.kind === 'none' || (reading.kind === 'usable' && reading.progress.result !== null);
      const held = isOver ? null : readHeld(join(directory, BUILD_FILE));
      if (held !== null) this.#held.set(directory, held);
    }
  }

  /**
   * A directory for a job, its own until `release`: that of the same home where it has one. It is on record in the home, which exists, when this
   * returns. Never fails: a job that cannot have one is refused (`Build.refusal`).
   */
  async take(home: string, payload: JobPayload, settings: BuildSettings): Promise<Build> {
    const known = this.#held.get(home);
    if (known !== undefined) {
      await this.#claim(home, known.build);
      return known.build;
    }
    // A job without a cleanup has nothing that a power cut could take from it.
    const isDurable = owesCleanup(payload);
    try {
      makeDirectory(settings.buildsDir, 0o700);
      // Whatever links lead there: one directory has one name.
      const buildsDir = realpathSync.native(settings.buildsDir);
      const held = await this.#choose(home, payload, { ...settings, buildsDir });
      writeDurably(join(home, BUILD_FILE), `${JSON.stringify(held)}\n`, isDurable);
      return held.build;
    } catch (error) {
      if (!(error instanceof Failure) && errorCode(error) === undefined) throw error;
      this.release(home);
      const { token, buildsDir } = settings;
      const alone = { projectDir: join(home, 'project'), concurrentId: 0, slot: 0, shortToken: shortTokenOf(token) };
      return { buildsDir, ...alone, refusal: describeError(error) };
    }
  }

  /** The job has ended: another may have its directory. */
  release(home: string): void {
    rmSync(join(home, BUILD_FILE), { force: true });
    this.#held.delete(home);
    this.#letGo(home);
  }

  #letGo(home: string): void {
    this.#claims.get(home)?.release();
    this.#claims.delete(home);
  }

  /** @returns whether it is ours; what cannot be claimed there (it is another user's, say) is looked at by itself. */
  async #claim(home: string, { buildsDir, projectDir }: Build): Promise<boolean> {
    if (buildsDir.startsWith(`${this.#own}/`)) return true;
    try {
      const claim = await claimDirectory(buildsDir, projectDir, home);
      if (claim !== null) this.#claims.set(home, claim);
      return claim !== null;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      this.#warnOnce(`whether others build below ${buildsDir} cannot be seen: ${describeError(error)}`);
      return true;
    }
  }

  /** @returns why the directory cannot be used; null: it is ours, and fit. */
  async #makeFit(home: string, build: Build): Promise<string | null> {
    if (!(await this.#claim(home, build))) return ANOTHER;
    const trouble = await fitDirectory(build.buildsDir, build.projectDir);
    if (trouble !== null) this.#letGo(home);
    return trouble;
  }

  async #choose(home: string, payload: JobPayload, { token, buildsDir, isPathFree }: BuildSettings): Promise<Held> {
    const shortToken = shortTokenOf(token);
    const path = projectPath(payload);
    const project = join(buildsDir, shortToken, path);
    const concurrentId = this.#lowest(
      () => true,
      ({ concurrentId: id }) => id,
    );
    const ending = payloadSettings(payload).sources.strategy === 'empty' ? '-empty' : '';
    for (let from = 0; from < MAX_SLOTS; ) {
      const slot = this.#lowest(
        (held) => held.project === project,
        (build) => build.slot,
        from,
      );
      const projectDir = join(buildsDir, shortToken, String(slot), `${path}${ending}`);
      const build: Build = { buildsDir, projectDir, concurrentId, slot, shortToken, refusal: null };
      // Before anything else has a turn: no other job gets it while it is looked at.
      const isTaken = [...this.#held.values()].some((held) => overlap(held.build.projectDir, projectDir));
      const held: Held = { project, build: this.#wanted(payload, build, isPathFree) };
      if (!isTaken) this.#held.set(home, held);
      const trouble = isTaken ? 'another job builds there' : await this.#makeFit(home, held.build);
      if (trouble === null) return held;
      this.#held.delete(home);
      if (held.build.projectDir !== projectDir) {
        const refused = { ...build, refusal: `GIT_CLONE_PATH: ${held.build.projectDir} cannot be used: ${trouble}` };
        const fallback: Held = { project, build: refused };
        this.#held.set(home, fallback);
        return fallback;
      }
      if (!isTaken && trouble !== ANOTHER) this.#warnOnce(`${projectDir} is set aside: ${trouble}`);
      from = slot + 1;
    }
    throw new Failure('no_build_directory', `no directory below ${buildsDir} can be used for ${path}`);
  }

  #wanted(payload: JobPayload, build: Build, isPathFree: boolean): Build {
    const wanted = wantedPath(payload, build, isPathFree);
    if (wanted === null) return build;
    if ('refusal' in wanted) return { ...build, refusal: wanted.refusal };
    const other = [...this.#held.values()].find((held) => overlap(held.build.projectDir, wanted.path));
    if (other !== undefined) return { ...build, refusal: `GIT_CLONE_PATH: another job builds in ${wanted.path} now` };
    return { ...build, projectDir: wanted.path };
  }

  #lowest(isMeant: (held: Held) => boolean, numberOf: (build: Build) => number, from = 0): number {
    const taken = new Set([...this.#held.values()].filter(isMeant).map(({ build }) => numberOf(build)));
    let number = from;
    while (taken.has(number)) number += 1;
    return number;
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#warn(text);
  }
}

/** null: none, or one that nobody can read; such a job finds another directory. */
function readHeld(path: string): Held | null {
  try {
    return JSON.parse(readRegularFile(path).toString()) as Held;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}
