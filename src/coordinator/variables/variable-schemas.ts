import { type Static, Type } from 'typebox';
import type { NewVariable } from '../../store/index.ts';
import { answer, nullable, PROJECT_PARAMS, words } from '../rest/schemas/common.ts';

export const VARIABLE = answer({
  variable_type: Type.Enum(['env_var', 'file']),
  key: Type.String(),
  value: nullable(Type.String(), 'null: it is hidden'),
  protected: Type.Boolean({ description: 'for jobs of protected branches and tags alone' }),
  masked: Type.Boolean({ description: 'in logs' }),
  hidden: Type.Boolean({ description: 'nobody is shown the value again' }),
  raw: Type.Boolean({ description: '`$` stays as written' }),
  environment_scope: Type.String(),
  description: nullable(Type.String()),
});

const SETTINGS = {
  variable_type: Type.Optional(Type.Enum(['env_var', 'file'])),
  protected: Type.Optional(Type.Boolean()),
  masked: Type.Optional(Type.Boolean()),
  raw: Type.Optional(Type.Boolean()),
  environment_scope: Type.Optional(words(1_000)),
  description: Type.Optional(nullable(words(10_000))),
};
const FILTER = Type.Optional(Type.Object({ environment_scope: Type.Optional(words(1_000)) }));

export const NEW_VARIABLE = Type.Object({
  ...SETTINGS,
  key: words(10_000),
  value: words(1_000_000),
  masked_and_hidden: Type.Optional(Type.Boolean()),
});
export const CHANGED_VARIABLE = Type.Object({ ...SETTINGS, value: Type.Optional(words(1_000_000)), filter: FILTER });
export const WHICH = Type.Object({ filter: FILTER });
export const OF_PROJECT = Type.Object(PROJECT_PARAMS);
export const ONE_OF_PROJECT = Type.Object({ ...PROJECT_PARAMS, key: words(10_000) });
export const ONE_OF_INSTANCE = Type.Object({ key: words(10_000) });

export function showVariable(variable: NewVariable): Static<typeof VARIABLE> {
  return {
    variable_type: variable.kind,
    key: variable.key,
    value: variable.isHidden ? null : variable.value,
    protected: variable.isProtected,
    masked: variable.isMasked,
    hidden: variable.isHidden,
    raw: variable.isRaw,
    environment_scope: variable.environmentScope,
    description: variable.description,
  };
}
