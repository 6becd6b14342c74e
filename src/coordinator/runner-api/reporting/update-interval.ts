/** s. How often a runner of GitLab's is to call: so soon it hears of a cancel, as long as its job prints something. */
export const UPDATE_INTERVAL = 1;
