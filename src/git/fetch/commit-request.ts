/** What a job's sources are, and how they come into a directory. */
export interface CommitRequest {
  /** Exists. What an earlier job left there is used as far as it can be believed; everything else goes. */
  readonly directory: string;
  /** Outside of it: what is known of the repository there. Of this directory alone. */
  readonly recordFile: string;
  /** Nothing that lies there is used. */
  readonly isFresh: boolean;
  /** http(s), ssh or a path; with or without `user:password@`. */
  readonly url: string;
  readonly refspecs: readonly string[];
  /** 0: the whole history. */
  readonly depth: number;
  readonly sha: string;
  /** For people. */
  readonly ref: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly fetchFlags: readonly string[];
  /** False: the files stay as they are. */
  readonly checkout: boolean;
  /** Of `git clean`; null: files that the commit does not know stay. */
  readonly cleanFlags: readonly string[] | null;
  readonly submodules: SubmoduleRequest | null;
  /** Large files come, too, where git-lfs is installed. */
  readonly largeFiles: boolean;
  /** PEM files for the server of `url`. */
  readonly tls: { readonly caFile: string | null; readonly certFile: string | null; readonly keyFile: string | null };
  /** git's whole environment, but for what is set here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What happens, for people. */
  readonly say: (kind: 'info' | 'plain' | 'warning', text: string) => void;
}

export interface SubmoduleRequest {
  readonly isRecursive: boolean;
  /** 0: the whole history. */
  readonly depth: number;
  /** Pathspecs; none: all. */
  readonly paths: readonly string[];
  /** More flags of `git submodule update`. */
  readonly flags: readonly string[];
  /** Addresses of the same server that are meant for ssh are asked by https. */
  readonly overHttps: boolean;
}

/** A git in a job's directory, and a second one where the first ends well. @returns what they printed */
export type RunGits = (first: readonly string[], second?: readonly string[]) => Promise<string>;
/** One git there. */
export type RunGit = (...args: readonly string[]) => Promise<string>;
