import type { World } from '../driver/world.ts';
import { crossPipelines } from './between-pipelines.ts';
import { cancelJobs } from './cancel.ts';
import { followChildren } from './children.ts';
import { runJobs } from './run-and-clean.ts';
import { changeSettings } from './settings.ts';
import { strikeJobs } from './strike.ts';

export interface Scenario {
  readonly scenario: string;
  /** Working copies go below `parent`. */
  readonly play: (world: World, parent: string) => Promise<void>;
}

export const ALL_SCENARIOS: readonly Scenario[] = [
  { scenario: 'jobs run and are forgotten', play: runJobs },
  { scenario: 'jobs are cancelled, superseded, timed out and lost', play: cancelJobs },
  { scenario: 'pipelines have children and share resources', play: crossPipelines },
  { scenario: 'children wait, fail and go on', play: followChildren },
  { scenario: 'what is set up stays', play: changeSettings },
  { scenario: 'jobs are struck wherever they stand', play: strikeJobs },
];
