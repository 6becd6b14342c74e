import type { Static } from 'typebox';
import {
  countVariables,
  type Db,
  deleteVariable,
  findVariables,
  insertVariable,
  type NewVariable,
  type Tx,
  updateVariable,
  type VariableOwner,
  type VariableRecord,
} from '../../store/index.ts';
import { HttpError, invalid, notFound } from '../http/index.ts';
import { type Doer, noteAudit } from '../rest/note-audit.ts';
import { checkVariable } from './check-variable.ts';
import type { CHANGED_VARIABLE, NEW_VARIABLE } from './variable-schemas.ts';

const MOST = 8_000;

/** @throws HttpError 400 */
export async function addVariable(
  tx: Tx,
  owner: VariableOwner,
  doer: Doer,
  body: Static<typeof NEW_VARIABLE>,
): Promise<NewVariable> {
  const isHidden = body.masked_and_hidden === true;
  const variable: NewVariable = {
    key: body.key,
    // The instance has no environments.
    environmentScope: owner.scope === 'instance' ? '*' : (body.environment_scope ?? '*'),
    value: body.value,
    kind: body.variable_type ?? 'env_var',
    isProtected: body.protected ?? false,
    isMasked: isHidden || (body.masked ?? false),
    isHidden,
    isRaw: body.raw ?? false,
    description: body.description ?? null,
  };
  refuseWrong(variable);
  if ((await countVariables(tx, owner)) >= MOST) {
    throw invalid({ base: [`Maximum number of ${owner.scope} ci variables (${MOST}) exceeded`] });
  }
  if ((await insertVariable(tx, owner, variable)) === null) throw taken(variable);
  await note(tx, doer, 'variable.create', variable);
  return variable;
}

/** @throws HttpError 400, 404, 409 */
export async function changeVariable(
  tx: Tx,
  { owner, key, scope }: WhichVariable,
  doer: Doer,
  body: Static<typeof CHANGED_VARIABLE>,
): Promise<NewVariable> {
  const old = await pickVariable(tx, { owner, key, scope });
  const variable: VariableRecord = {
    ...old,
    value: body.value ?? old.value,
    kind: body.variable_type ?? old.kind,
    isProtected: body.protected ?? old.isProtected,
    isMasked: body.masked ?? old.isMasked,
    isRaw: body.raw ?? old.isRaw,
    environmentScope: owner.scope === 'instance' ? '*' : (body.environment_scope ?? old.environmentScope),
    description: body.description === undefined ? old.description : body.description,
  };
  if (old.isHidden && !variable.isMasked) throw invalid({ masked: ['cannot be changed: the variable is hidden'] });
  refuseWrong(variable);
  if (!(await updateVariable(tx, owner, old.id, variable))) throw taken(variable);
  await note(tx, doer, 'variable.update', variable);
  return variable;
}

/** @throws HttpError 404, 409 */
export async function removeVariable(tx: Tx, which: WhichVariable, doer: Doer): Promise<void> {
  const variable = await pickVariable(tx, which);
  await deleteVariable(tx, variable.id);
  await note(tx, doer, 'variable.delete', variable);
}

export interface WhichVariable {
  readonly owner: VariableOwner;
  readonly key: string;
  /** Undefined: there has to be one only. */
  readonly scope: string | undefined;
}

/** @throws HttpError 404, 409 */
export async function pickVariable(db: Db, { owner, key, scope }: WhichVariable): Promise<VariableRecord> {
  const found = await findVariables(db, owner, key);
  const fitting = found.filter(({ environmentScope }) => scope === undefined || environmentScope === scope);
  const [variable] = fitting;
  if (variable === undefined) throw notFound('Variable');
  if (fitting.length > 1) {
    const message = "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'";
    throw new HttpError(409, { message });
  }
  return variable;
}

function refuseWrong(variable: NewVariable): void {
  const wrong = checkVariable(variable);
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
}

function taken({ key }: NewVariable): HttpError {
  return invalid({ key: [`(${key}) has already been taken`] });
}

async function note(tx: Tx, doer: Doer, action: string, variable: NewVariable): Promise<void> {
  await noteAudit(tx, doer, {
    action,
    targetKind: 'variable',
    targetId: variable.key,
    details: {
      environment_scope: variable.environmentScope,
      protected: variable.isProtected,
      masked: variable.isMasked,
    },
  });
}
