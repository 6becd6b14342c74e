/** What a runner that was given up says of its cleanup when it comes back. */
export const lateWords = `
alter table jobs add column late_cleanup {text};
`;
