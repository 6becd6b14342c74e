/** A job that wants a resource group. */
export interface Claimant {
  /** Id of the job. */
  readonly job: number;
  readonly key: string;
  /** Tells the job that the group is its own now. */
  readonly grant: () => void;
}

/** Who holds and who waits for the resource groups of one run: one holder a key, in the order they came. */
export class ResourceGroups {
  readonly #lines = new Map<string, Claimant[]>();

  want(claimant: Claimant): void {
    const line = this.#lines.get(claimant.key) ?? [];
    this.#lines.set(claimant.key, line);
    line.push(claimant);
    if (line.length === 1) claimant.grant();
  }

  /** Of the holder, or of one that waits no longer. */
  giveBack(job: number, key: string): void {
    const line = this.#lines.get(key) ?? [];
    const place = line.findIndex((claimant) => claimant.job === job);
    if (place === -1) return;
    line.splice(place, 1);
    if (place === 0) line[0]?.grant();
  }
}
