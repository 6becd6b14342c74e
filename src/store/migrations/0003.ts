/** Machines of runners that take no more jobs because their cleanups keep failing. */
export const quarantines = `
alter table runner_managers add column quarantine {text};
alter table runner_managers add column released {text};
create index runner_managers_quarantine on runner_managers (runner_id) where quarantine is not null;
`;
