import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { Serving } from '../serve/support/serving.ts';
import { describeOnDocker, dockerHost, images } from '../support/docker/docker.ts';

describeOnDocker('epilogue serve --executor docker', () => {
  it('runs jobs in containers, by the pull policy that they name', async () => {
    const flags = ['--executor', 'docker', '--docker-image', images.busybox];
    const serving = await Serving.startWith({ DOCKER_HOST: dockerHost }, 'SQLite', ...flags);
    try {
      const project = new ServedProject(serving);
      const named = `{image: {name: ${images.busybox}, pull_policy: if-not-present}, script: ['echo $CI_JOB_IMAGE']}`;
      const pipeline = await project.start(`named: ${named}\n`);
      const log = await project.trace(await project.untilJob(pipeline, 'named', 'success'));
      expect(log).toContain('on the docker executor');
      expect(log).toContain(`\n${images.busybox}\n`);
    } finally {
      await serving.stop();
      await serving.dispose();
    }
  });
});
