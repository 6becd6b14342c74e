import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGETS } from '../teardown.ts';
import { type JobSettings, readJobSettings } from './job-settings.ts';

const read = (variables: Readonly<Record<string, string>>, timeout = 60): JobSettings =>
  readJobSettings((key) => variables[key], timeout);

describe('job settings', () => {
  it('are the defaults without variables', () => {
    expect(read({}, 0)).toEqual({
      budgets: DEFAULT_BUDGETS,
      ignoreAfterScriptErrors: true,
      debugTrace: false,
      attempts: { getSources: 1, restoreCache: 1, downloadArtifacts: 1 },
      cleanupRetries: 0,
      sources: { strategy: 'fetch', submodules: 'none' },
      logLimitBytes: null,
      warnings: [],
    });
  });

  it.each([
    ['3', 3, 0],
    ['6', 0, 1],
    ['-1', 0, 1],
    ['two', 0, 1],
  ])('give a cleanup more attempts, five at most: %s', (text, cleanupRetries, warned) => {
    const settings = read({ EPILOGUE_CLEANUP_RETRY: text });
    expect(settings).toMatchObject({ cleanupRetries });
    expect(settings.warnings).toHaveLength(warned);
  });

  it('take budgets that are longer than the job', () => {
    const { budgets, warnings } = read({
      RUNNER_SCRIPT_TIMEOUT: '2h',
      RUNNER_AFTER_SCRIPT_TIMEOUT: '1h30m',
      EPILOGUE_GRACE_PERIOD: '250ms',
    });
    expect(budgets).toEqual({
      ...DEFAULT_BUDGETS,
      jobMs: 60_000,
      scriptMs: 7_200_000,
      cleanupMs: 5_400_000,
      graceMs: 250,
    });
    expect(warnings).toEqual([]);
  });

  it('take 0 for the default of a timeout, but for no grace at all', () => {
    const { budgets } = read({
      RUNNER_SCRIPT_TIMEOUT: '0',
      RUNNER_AFTER_SCRIPT_TIMEOUT: '0s',
      EPILOGUE_GRACE_PERIOD: '0',
    });
    expect(budgets).toEqual({ ...DEFAULT_BUDGETS, jobMs: 60_000, graceMs: 0 });
  });

  it('never ask a timer for more than it can do', () => {
    expect(read({ RUNNER_SCRIPT_TIMEOUT: '10000h' }, 1e9).budgets).toMatchObject({
      jobMs: 2_147_483_647,
      scriptMs: 2_147_483_647,
    });
  });

  it('take the log limit in KiB', () => {
    expect(read({ RUNNER_LOG_LIMIT: '10' }).logLimitBytes).toBe(10_240);
    expect(read({ RUNNER_LOG_LIMIT: '4 MB' }).warnings[0]).toContain('is not a number of KiB');
  });

  it('fall back to the default with a warning when malformed', () => {
    const settings = read({
      RUNNER_SCRIPT_TIMEOUT: '10',
      RUNNER_AFTER_SCRIPT_TIMEOUT: '-1s',
      AFTER_SCRIPT_IGNORE_ERRORS: 'perhaps',
      GET_SOURCES_ATTEMPTS: 'many',
      GIT_STRATEGY: 'pull',
    });
    expect(settings.budgets).toEqual({ ...DEFAULT_BUDGETS, jobMs: 60_000 });
    expect(settings.ignoreAfterScriptErrors).toBe(true);
    expect(settings.warnings).toEqual([
      'RUNNER_SCRIPT_TIMEOUT: "10" is not a duration such as 90s or 1h30m; the default is used',
      'RUNNER_AFTER_SCRIPT_TIMEOUT: "-1s" is not a duration such as 90s or 1h30m; the default is used',
      'AFTER_SCRIPT_IGNORE_ERRORS: "perhaps" is not a boolean; the default is used',
      'GET_SOURCES_ATTEMPTS: "many" is not a number of attempts; the default is used',
      'GIT_STRATEGY: "pull" is not one of clone, fetch, none, empty; the default is used',
    ]);
  });

  it('read booleans as Go does and keep attempts between 1 and 10', () => {
    const settings = read({
      AFTER_SCRIPT_IGNORE_ERRORS: 'F',
      CI_DEBUG_TRACE: '1',
      GET_SOURCES_ATTEMPTS: '3',
      RESTORE_CACHE_ATTEMPTS: '99',
      ARTIFACT_DOWNLOAD_ATTEMPTS: '-4',
    });
    expect(settings.ignoreAfterScriptErrors).toBe(false);
    expect(settings.debugTrace).toBe(true);
    expect(settings.attempts).toEqual({ getSources: 3, restoreCache: 10, downloadArtifacts: 1 });
  });
});
