/** Where one job is built, and as whose: what of it the job's variables say. */
export interface Build {
  /** Above all of them: `CI_BUILDS_DIR`. */
  readonly buildsDir: string;
  /** `CI_PROJECT_DIR`. */
  readonly projectDir: string;
  /** `CI_CONCURRENT_ID`: the lowest number that no other job here had when this one came. */
  readonly concurrentId: number;
  /** `CI_CONCURRENT_PROJECT_ID`: the same among jobs of this runner and project; a level of the path. */
  readonly slot: number;
  /** `CI_RUNNER_SHORT_TOKEN`. */
  readonly shortToken: string;
  /** Why the job cannot have the directory that it asks for (`GIT_CLONE_PATH`): it fails with these words before anything ran. Null: it has it. */
  readonly refusal: string | null;
}
