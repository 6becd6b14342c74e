/* The hand-written part of docs/lifecycle.md. */

export const INTRODUCTION = `<!-- Printed by tools/generate-lifecycle-docs.ts from the tables in src/lifecycle. Do not edit. -->

# The life of a job

A job is a value; \`applyJob(job, event, now)\` returns the next one and what has to be done about it. It is pure: no clock, no
disk, no network. The local run feeds it from inside one process, the coordinator from a database and runners on the other side
of a network. Both run from the same table of moves, printed below.

Every event is defined in every state: it moves the job, changes nothing, or is refused with a reason. Every message from a runner
names its *attempt* (one hand-out of the job). An attempt that does not hold the job, or does not any more, is refused; so a
runner that was given up and comes back cannot do harm.

Who drives a job promises three things. It stores the new state before it acts on the effects. It repeats *stop* until the
runner answers, since messages get lost. And it sends a *tick* when something is due: a delay, a lease, a deadline. A tick too
many does no harm, but one that comes early, by whatever clock the driver goes, does no good either: it has to be sent again.`;

export const CONTRACT = `Once the first user command of a job has started, its \`after_script\` runs to its end or to its own deadline, whatever happened. The
runner asks before it starts that command (\`script_started\`), and starts it only when the answer is yes: so the obligation is on the
books first. A job that ended with an obligation says how it was met: \`succeeded\`, \`failed\`, \`timed_out\`, \`skipped\` (by whom and why) or
\`lost\`. Without one it says \`not_owed\`.

The first cause stands. What strikes later, in the teardown, does not change why the script was over. Only a cancel does: it decides how
the job ends, so it is the cause from then on; what \`after_script\` was told when it began is not taken back. Budgets add up: a teardown has *stop + cleanup + save*, plus a margin that lets the runner speak first, counted from
the moment it begins. Its runner may put that off when the cleanup asks for more time, an hour at most.

\`runner_shutdown\` means two things. A runner that is told to stop reports it, and the job ends as \`failed\`. In a local run whoever presses
Ctrl-C wants the jobs to end, so the run *cancels* them with that cause, and they end as \`canceled\`.`;

export const CANCELLING = `- Not started, or no user command yet: \`canceled\` at once, nothing is owed.
- In the script, its runner can cancel gracefully: \`canceling\`, phase \`teardown\`, then \`canceled\`.
- In the script, its runner cannot: \`canceled\` at once, cleanup \`lost\`. A job with \`interruptible: graceful\` is never given to such a runner.
- In the teardown: it goes on as it is, and the job ends as \`canceled\`.
- Cancelling again changes nothing. *Force cancel* cuts the teardown short or skips it: cleanup \`skipped\`, by whom and what was still owed.
- Its runner is lost: the cleanup of an \`interruptible: graceful\` job is offered to another runner, as an attempt of its own with a
  deadline of its own. Other jobs, and those whose hand-outs are used up, end with cleanup \`lost\`.
  As long as nobody has taken it, the lost runner has it back when it comes back and reports: its attempt is accepted again, for the cleanup alone.
- A runner that announces no phases (GitLab's) is assumed to run user commands from the moment it has the job. It does not report on
  cleanup either: a script that ended by itself, or a cancel that it obeyed, means that it ran; anything else means \`lost\`.`;

export const PIPELINES = `\`applyPipeline(pipeline, event, now)\` does the same for a pipeline. One event costs what it touches: the job, those that wait for it, and a few
list cells, not the whole pipeline.

- **Turns.** A job with \`needs\` has its turn once they are done, any other once every job of every earlier stage is. One need that is skipped,
  or manual and not required, skips the job at once; playing that need gives it another turn. A previous \`canceled\` fits no \`when\` at all.
- **Numbers.** Jobs are numbered from 0 inside their pipeline; ids are the business of whoever drives it. Each event says which jobs it touched, and
  \`restorePipeline\` makes the same state again from a row a job.
- **Retry.** A failed job that may be retried gets a successor with a new number; the old one leaves every sum. A retry of a manual or delayed
  job starts at once.
- **Resource groups** reach beyond one pipeline, so whoever drives it grants them. A job asks when its turn has come and holds the group until it has
  finished: one that is \`canceling\` still does.
- **Cancelling** a pipeline cancels every job of it, manual ones included. It is \`canceling\` until the last teardown has ended, then \`canceled\`, whatever
  its jobs add up to. \`auto_cancel: on_job_failure\` cancels the jobs in the same way (as \`superseded\`), but the pipeline ends as its jobs add up to, so that
  the failure stays in sight.
- **Trigger jobs** end as soon as their child pipeline was made, or with \`strategy\` as the child does. Cancelling one cancels its child;
  cancelling or forcing a pipeline reaches every child that it started, for the same reason. When a person retries or plays a job of a child that was over, a
  trigger job with \`strategy\` follows it again, as the same job; what was skipped because of it has another turn.`;

export const PROOF = `\`src/lifecycle/testing/model\` explores **every** reachable state of a world made of the real transition functions, one job, two runners that crash and come
back at any point, a coordinator that restarts, and a network that delays, duplicates, reorders and loses messages, while people
cancel, cancel again and force-cancel, and every lease and deadline that is set may run out at any moment. In each step it checks
that a terminal status never changes, that no obligation ends silently, that no user command starts before its obligation is on the
books, that \`canceling\` ends as \`canceled\`, that a job cancelled before it ran is never handed out, that no two attempts are accepted at once,
and more (\`invariants.ts\`); and from every state the coordinator's deadlines alone must lead to an end. A broken invariant prints the
shortest way to it. \`model.mutants.test.ts\` breaks the table on purpose, once or more for each invariant, and sees it caught.`;
