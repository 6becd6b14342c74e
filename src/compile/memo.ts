/**
 * Remembers results by the identity of their argument. Thousands of jobs share the lists and mappings of a few templates; what is made
 * of them is then made once and shared as well.
 */
export function memo<A, R>(make: (argument: A) => R): (argument: A) => R {
  const known = new Map<A, R>();
  return (argument) => {
    let result = known.get(argument);
    if (result === undefined) {
      result = make(argument);
      known.set(argument, result);
    }
    return result;
  };
}
