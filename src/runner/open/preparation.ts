import { describeError, errorCode, Failure } from '../../base/index.ts';
import type { Say } from '../../executors/index.ts';
import type { JobOptions } from '../job-options.ts';
import type { JobLog } from '../log/job-log.ts';
import { errorLine, executorLine, sectionEnd, sectionStart, title } from '../log/sections.ts';

const SECTION = 'prepare_executor';

/** What a job's readers hear before there is a run, in a section of its own where there is anything to hear. Trouble with the log is told elsewhere and stops nothing. */
export class Preparation {
  readonly #log: JobLog;
  readonly #options: JobOptions;
  #isOpen = false;
  #isOver = false;

  constructor(log: JobLog, options: JobOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** For the executor: also after `end`, until its place is gone. */
  readonly say: Say = (line) => {
    if (!this.#isOpen && !this.#isOver) {
      this.#isOpen = true;
      const words = title(`Preparing the "${this.#options.executor.name}" executor`);
      this.#write(sectionStart(SECTION, this.#options.clock.now()) + words);
    }
    this.#write(executorLine(line));
  };

  end(): void {
    if (this.#isOpen) this.#write(sectionEnd(SECTION, this.#options.clock.now()));
    this.#isOpen = false;
    this.#isOver = true;
  }

  /** Whoever reads the log is told why nothing ran: there is no such image, say. */
  fail(error: unknown): void {
    this.end();
    if (error instanceof Failure) this.#write(errorLine(`Preparation failed: ${describeError(error)}`));
    this.#log.close();
  }

  #write(text: string): void {
    try {
      this.#log.write(this.#log.masked(text));
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      this.#options.ports.trouble(describeError(error));
    }
  }
}
