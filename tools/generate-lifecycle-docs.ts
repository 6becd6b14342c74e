import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCEPTED, MOVES, type MoveRow, ROLL_UP, type RollUpRule } from '../src/lifecycle/index.ts';
import {
  CAUSE_RULES,
  CAUSES,
  isExecuting,
  isFinished,
  type Phase,
  STATUSES,
  type Status,
} from '../src/protocol/index.ts';
import { CANCELLING, CONTRACT, INTRODUCTION, PIPELINES, PROOF } from './lifecycle-prose.ts';

/*
 * Prints docs/lifecycle.md from the tables that the code runs from. With `--check` it writes nothing and fails when the file
 * does not say what the tables say.
 */

const FILE = join(import.meta.dirname, '..', 'docs', 'lifecycle.md');

const STATUS_MEANINGS: Readonly<Record<Status, string>> = {
  created: 'waits for the jobs before it',
  waiting_for_resource: 'waits for its `resource_group`',
  scheduled: 'delayed; starts by itself when its time has come',
  manual: 'waits for a person',
  pending: 'waits for a runner',
  running: 'a runner has it, or its child pipeline runs',
  canceling: 'cancelled; its teardown is under way',
  success: 'finished',
  failed: 'finished; the only status with a failure reason',
  canceled: 'finished',
  skipped: 'finished without having run; the only finished status that can be left, by another turn',
};

const PHASE_MEANINGS: Readonly<Record<Phase, string>> = {
  preparing: 'the runner has the job, no user command has started, nothing is owed',
  script: 'user commands run; from here on cleanup is owed',
  teardown: 'the script is over; cleanup or saving is under way, for any cause',
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');

function statusTables(): string {
  const statuses = STATUSES.map((status) => [code([status]), STATUS_MEANINGS[status]]);
  const phases = Object.entries(PHASE_MEANINGS).map(([phase, meaning]) => [code([phase]), meaning]);
  return `${table(['status', 'the job'], statuses)}\n\n${table(['phase', 'of a running or canceling job'], phases)}`;
}

function causeTable(): string {
  const rows = CAUSES.map((cause) => {
    const { endsAs, jobStatus, reason } = CAUSE_RULES[cause];
    const meanwhile = endsAs === 'canceled' ? 'canceling' : 'running';
    const end = reason === null ? code([endsAs]) : `${code([endsAs])} (${code([reason])})`;
    return [code([cause]), code([meanwhile]), code([jobStatus]), end];
  });
  return table(['cause', 'status in teardown', '`CI_JOB_STATUS` in `after_script`', 'the job ends as'], rows);
}

/** `from` in words where it is a whole class of statuses. */
function fromText({ from, phases, handOuts }: MoveRow): string {
  const classes: readonly (readonly [string, readonly Status[]])[] = [
    ['any status', STATUSES],
    ['not started', STATUSES.filter((status) => !isExecuting(status) && !isFinished(status))],
    ['finished', STATUSES.filter(isFinished)],
  ];
  let rest = [...from];
  const words: string[] = [];
  for (const [name, members] of classes) {
    if (!members.every((status) => rest.includes(status))) continue;
    words.push(name);
    rest = rest.filter((status) => !members.includes(status));
  }
  if (rest.length > 0) words.push(code(rest));
  const inPhase = phases === undefined ? '' : `, phase ${code(phases)}`;
  const held = handOuts === undefined ? '' : `, ${code(handOuts)}`;
  return `${words.join(', ')}${inPhase}${held}`;
}

function outcomeText({ outcome }: MoveRow): readonly [string, string] {
  if (outcome.kind === 'ignore') return ['–', 'nothing'];
  if (outcome.kind === 'refuse') return ['–', `**refused**: \`${outcome.reason}\``];
  const { to, phase, changes, effects } = outcome;
  const status = to === 'same' ? 'same status' : typeof to === 'string' ? code([to]) : to.says;
  const phaseText = phase === null || phase === 'same' ? '' : `, phase ${code([phase])}`;
  const does = [...changes.map(({ says }) => says), ...effects.map((effect) => `→ *${effect}*`)];
  return [`${status}${phaseText}`, does.join('; ')];
}

function moveTable(rows: readonly MoveRow[]): string {
  const cells = rows.map((move) => {
    const [becomes, does] = outcomeText(move);
    const when = move.precondition === undefined ? '' : move.precondition.says;
    return [code([move.id]), code(move.on), fromText(move), when, becomes, does, move.why];
  });
  return table(['move', 'when this comes', 'in', 'and', 'becomes', 'notes and effects', 'why'], cells);
}

function moveSections(): string {
  const isOfTrigger = (move: MoveRow) => move.kind === 'trigger';
  const isOfRunner = (move: MoveRow) => !isOfTrigger(move) && move.from.some(isExecuting);
  const waiting = MOVES.filter((move) => !isOfTrigger(move) && !isOfRunner(move));
  return [
    `### Before a runner has it\n\n${moveTable(waiting)}`,
    `### With a runner\n\n${moveTable(MOVES.filter(isOfRunner))}`,
    `### Trigger jobs\n\n${moveTable(MOVES.filter(isOfTrigger))}`,
  ].join('\n\n');
}

function rollUpTable(): string {
  const words = ({ fits, counted, needsOnly }: RollUpRule) =>
    `${needsOnly ? '(needs only) ' : ''}${fits === 'only' ? 'only' : 'any'} ${code(counted)}`;
  const rows = ROLL_UP.map((rule) => [words(rule), code([rule.result])]);
  return table(['jobs', 'sum'], [['none', code(['success'])], ...rows, ['anything else', code(['failed'])]]);
}

function acceptedTable(): string {
  const rows = Object.entries(ACCEPTED).map(([when, { stage, needs }]) => [code([when]), code(stage), code(needs)]);
  return table(['`when`', 'after a stage that ended as', 'after `needs` that ended as'], rows);
}

function lifecycleDocs(): string {
  const parts = [
    INTRODUCTION,
    `## Status and phase\n\n${statusTables()}`,
    `## Causes\n\n${CONTRACT}\n\n${causeTable()}`,
    `## Cancelling\n\n${CANCELLING}`,
    `## The table of moves\n\nThe first row that fits decides. What no row fits is refused with \`wrong_status\`.\n\n${moveSections()}`,
    `## Pipelines\n\n${PIPELINES}\n\n### Whose turn it is\n\n${acceptedTable()}`,
    `### The sum of jobs\n\nA job that may fail counts as \`warn\` when it failed or was canceled, and as \`ignored\` while it is manual. The first rule that fits wins.\n\n${rollUpTable()}`,
    `## How we know\n\n${PROOF}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function main(): void {
  const docs = lifecycleDocs();
  if (!process.argv.includes('--check')) {
    writeFileSync(FILE, docs);
    return;
  }
  if (readFileSync(FILE, 'utf8') === docs) return;
  process.stderr.write('docs/lifecycle.md is stale: run `node tools/generate-lifecycle-docs.ts`\n');
  process.exitCode = 1;
}

main();
