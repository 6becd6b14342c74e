/** `CI_COMMIT_REF_SLUG`, `CI_PROJECT_PATH_SLUG`: lower case, others to `-`, at most 63 characters, no `-` at either end. */
export declare function slugify(text: string): string;

/** `CI_JOB_NAME_SLUG`: the same rule. */
export declare function jobNameSlug(name: string): string;

/** `CI_ENVIRONMENT_SLUG`: at most 24 characters, starts with a letter, unique for the name. */
export declare function environmentSlug(name: string): string;
