/** Limits on what a CI file may ask for. Source: GitLab's defaults, except where a line says otherwise. */
export const LIMITS = {
  /** UTF-16 units of one file. Ours: GitLab stops at 2 MB, which 50,000 generated jobs exceed. */
  fileChars: 64 * 1024 * 1024,
  yamlDepth: 100,
  /** Ours: nodes after every alias is expanded. Stops a "billion laughs" file, far above what real files reach. */
  expandedNodes: 10_000_000,
  /** Ours: values of one job after references, each counted as often as a reference brings it. */
  referencedNodes: 1_000_000,
  /** Ours: characters that inputs put into one file. */
  interpolated: 16 * 1024 * 1024,
  includedFiles: 150,
  /** Ours: nested includes, so that a chain is reported by its shape and not by its count. */
  includeDepth: 100,
  extendsDepth: 11,
  referenceDepth: 10,
  /** Lists inside lists, where they are flattened. */
  listDepth: 10,
  /** Ours: items of other lists after flattening. */
  listItems: 10_000,
  /** Ours: lines of one script after flattening. */
  scriptLines: 100_000,
  /** Ours: rules of one job after flattening. */
  rules: 10_000,
  needs: 50,
  jobNameChars: 255,
  tags: 50,
  parallel: 200,
  startInMs: 7 * 24 * 3_600_000,
  /** Ours: problems listed for one pipeline. */
  problems: 1000,
} as const;
