import type { PlannedJob } from '../../../src/protocol/index.ts';

/** A job for tests: in stage mode, with nothing special about it, changed by `changes`. */
export function plannedJob(name: string, changes: Partial<PlannedJob> = {}): PlannedJob {
  return {
    name,
    groupName: name,
    stage: 'test',
    stageIndex: 0,
    when: 'on_success',
    startInMs: null,
    allowFailure: false,
    needs: null,
    interruptible: false,
    retry: { max: 0, when: ['always'], exitCodes: [] },
    resourceGroup: null,
    isTrigger: false,
    node: null,
    dependencies: [],
    variables: [],
    beforeScript: [],
    script: ['true'],
    afterScript: ['true'],
    hooks: { preGetSourcesScript: [], preStopK8sContainerHandler: null },
    timeoutMs: null,
    image: null,
    services: [],
    tags: [],
    cache: [],
    artifacts: null,
    environment: null,
    trigger: null,
    coverage: null,
    manualConfirmation: null,
    ...changes,
  };
}
