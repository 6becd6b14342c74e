/** Names of the jobs: one ends well, one fails. */
export const JOBS = ['succeeds', 'fails'] as const;
export const SCRIPT_LINES = 60;
export const CLEANUP_LINES = 20;

/**
 * Each job writes what it does into files outside of every run, the ledger, and numbers the lines of its log, so that a gap or a repeat
 * shows. A number goes into the log first: the log holds at least what the ledger knows. The detached child has to die with the script.
 */
export function countingPipeline(lineBytes: number): string {
  return `
.counting:
  variables: { EPILOGUE_GRACE_PERIOD: 300ms, PADDING: ${'x'.repeat(lineBytes)} }
  script:
    - echo $CI_JOB_NAME >> $OUTSIDE/begun
    - (setsid sleep 300 &)
    - ${count('script', SCRIPT_LINES)}
    - $ENDING
  after_script:
    - echo $CI_JOB_NAME $EPILOGUE_CLEANUP_ATTEMPT $EPILOGUE_TEARDOWN_CAUSE $EPILOGUE_CLEANUP_KEY >> $OUTSIDE/cleaning
    - ${count('cleanup', CLEANUP_LINES)}
    - echo $CI_JOB_NAME > kept || echo no room for it
    - echo $CI_JOB_NAME >> $OUTSIDE/cleaned
  artifacts: { name: $CI_JOB_NAME, paths: [kept], when: always }
succeeds:
  extends: .counting
  variables: { ENDING: "true" }
fails:
  extends: .counting
  variables: { ENDING: exit 3 }
`;
}

/** On a full disk there may be no room for the log; a script that does not care goes on. */
function count(word: string, lines: number): string {
  const line = `echo "$CI_JOB_NAME ${word} $n $PADDING" || :; echo $n >> $OUTSIDE/$CI_JOB_NAME.${word}`;
  return `n=0; while [ $n -lt ${lines} ]; do n=$((n + 1)); ${line}; sleep 0.01; done`;
}
