import { expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../test/support/engines.ts';
import { makeProject } from '../testing/make-project.ts';
import { openParts } from '../testing/open-parts.ts';
import { startPipeline, statusesOf } from '../testing/start-pipeline.ts';
import { askForJob, takeJob } from '../testing/take-job.ts';

const FILE = `
workflow: {name: "n\\0"}
stages: ["s\\0", build]
"a\\0b": {stage: "s\\0", script: x, tags: ["t\\0", "\\uD800"], resource_group: "r\\0"}
"\\uDC00": {stage: build, script: "x\\0", tags: ["t\\0"], needs: []}
fine: {stage: build, script: x, needs: []}
`;

describeOnEachEngine((engine) => {
  it('makes a pipeline of a file with characters that no database holds, and goes on handing out jobs', async () => {
    const parts = await openParts(engine);
    const project = await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } });
    const id = await startPipeline(parts, project);
    expect(Object.keys(await statusesOf(parts, id))).toEqual(['a\ufffdb', '\ufffd', 'fine']);
    expect((await takeJob(parts)).name).toBe('fine');
    expect(await askForJob(parts)).toBeNull();
    await parts.close();
  });
});
