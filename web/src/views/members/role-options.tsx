import { LEVELS, mayHandle } from './roles.ts';

/** Roles that whoever looks may give. @param chosen the one that stands there at first, and when the form is reset */
export function RoleOptions({ chosen }: { readonly chosen: number }) {
  return (
    <>
      {LEVELS.filter(([level]) => mayHandle(level)).map(([level, word]) => (
        <option key={level} value={level} {...atFirst(level === chosen)}>
          {word}
        </option>
      ))}
    </>
  );
}

/** `selected` alone is forgotten by a reset, and Preact's types do not know what is not. */
function atFirst(isChosen: boolean): { readonly defaultSelected: boolean } {
  return { defaultSelected: isChosen };
}
