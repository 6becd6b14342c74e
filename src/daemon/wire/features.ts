/**
 * What this runner can do, `info.features` of every request for work. The first are GitLab's words, the last are additions that a coordinator
 * which does not know them passes over.
 */
export const FEATURES: Readonly<Record<string, boolean>> = {
  variables: true,
  raw_variables: true,
  image: false,
  services: false,
  artifacts: true,
  artifacts_exclude: true,
  upload_multiple_artifacts: true,
  upload_raw_artifacts: true,
  cache: true,
  fallback_cache_keys: true,
  shared: true,
  refspecs: true,
  masking: true,
  multi_build_steps: true,
  return_exit_code: true,
  trace_reset: true,
  trace_checksum: true,
  trace_size: true,
  cancelable: true,
  cancel_gracefully: true,
  graceful_steps: true,
  phases: true,
  cleanup_only: true,
  event_stream: true,
};
