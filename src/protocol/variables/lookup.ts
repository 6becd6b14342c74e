/** The value of a variable as text, or undefined when it is not set. A set but empty variable is `''`. */
export type VariableLookup = (name: string) => string | undefined;
