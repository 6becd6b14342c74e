import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { realClock } from '../../../../base/index.ts';
import type { Executor } from '../../../executor.ts';
import { createShellExecutor } from '../../../shell/shell.ts';
import { describeOnEach } from '../../../testing/candidates.ts';
import type { Candidate } from '../../../testing/executor-contract.ts';
import { shellScript } from '../../../testing/shell-script.ts';
import { createRemoteFiles } from '../remote-files.ts';
import { describeWithEach } from './each-tools.ts';
import { createLocalPrograms, type Tools } from './local-programs.ts';

/** On each executor, and with the files alone elsewhere. */
export function describeFilesOnEach(body: (candidate: Candidate) => void): void {
  describeOnEach('the $name executor', body);
  describeWithEach('files that are elsewhere, by the programs of $name', (tools) => body(filesElsewhere(tools)));
}

/** Steps run on this machine; the files of their project directory are reached as if it were elsewhere. */
function filesElsewhere(tools: Tools): Candidate {
  const shell = createShellExecutor({ clock: realClock });
  const executor: Executor = {
    name: 'shell',
    async prepare(job, signal, say) {
      const place = await shell.prepare(job, signal, say);
      const stateDir = join(dirname(job.stepsDir), 'state');
      mkdirSync(stateDir, { recursive: true });
      const programs = createLocalPrograms(tools, dirname(job.stepsDir));
      const { projectDir } = job;
      return { ...place, ...createRemoteFiles({ programs, clock: realClock, projectDir, stateDir, archives: null }) };
    },
  };
  return { name: `shell with files elsewhere (${tools.name})`, executor: () => executor, script: shellScript };
}
