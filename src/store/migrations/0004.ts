/** How many lines a growing log has, and where in it they begin. `newlines` is null of one that grew before they were counted. */
export const lineMarks = `
alter table logs add column newlines {int};
alter table logs add column is_open {int} not null default 0;
create table log_marks (
  job_id {int} not null, block {int} not null, newlines {int} not null, has_section {int} not null, primary key (job_id, newlines, block)
{end};
`;
