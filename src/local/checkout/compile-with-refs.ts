import { Failure } from '../../base/index.ts';
import { type CompileContext, type CompileResult, type CompileSource, compile } from '../../compile/index.ts';
import { type Checkout, changedSinceRef } from '../../git/index.ts';

/** A file may ask for what changed since a ref; which refs shows only while compiling. Each round knows more of them. */
const MAX_ROUNDS = 5;

/** Compiles a file that may ask, with `compare_to`, for what changed since some refs. */
export async function compileWithRefs(
  source: CompileSource,
  context: CompileContext,
  checkout: Checkout,
): Promise<CompileResult> {
  const known = new Map<string, ChangesSince>();
  for (let round = 1; ; round += 1) {
    const asked = new Set<string>();
    const changesSince = (ref: string) => {
      if (!known.has(ref)) asked.add(ref);
      return known.get(ref) ?? { unknown: `\`${ref}\` is not looked up` };
    };
    const result = compile(source, { ...context, changesSince });
    if (asked.size === 0 || round === MAX_ROUNDS) return result;
    for (const ref of asked) known.set(ref, await changesSinceRef(checkout, ref));
  }
}

type ChangesSince = ReturnType<NonNullable<CompileContext['changesSince']>>;

async function changesSinceRef(checkout: Checkout, ref: string): Promise<ChangesSince> {
  try {
    return await changedSinceRef(checkout, ref);
  } catch (error) {
    if (error instanceof Failure && error.code === 'unknown_ref') return { unknown: error.message };
    throw error;
  }
}
