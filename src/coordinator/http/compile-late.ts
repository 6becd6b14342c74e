import buildCompilers, { type BuildCompilerFromPool } from '@fastify/ajv-compiler';

const buildAtOnce: BuildCompilerFromPool = buildCompilers();

/**
 * Checks of requests are compiled when a request first needs them: all of them together take as long as the rest of a server's start. So a schema that is
 * wrong is found when its route is first asked.
 */
export const compileLate: BuildCompilerFromPool = (schemas, options) => {
  const compile = buildAtOnce(schemas, options);
  return (route) => checkLate(() => compile(route));
};

type Check = ReturnType<ReturnType<BuildCompilerFromPool>>;

function checkLate(compile: () => Check): Check {
  let compiled: Check | null = null;
  const check = (...given: Parameters<Check>): unknown => {
    compiled ??= compile();
    const result = compiled(...given);
    check.errors = compiled.errors;
    return result;
  };
  check.errors = null as Check['errors'];
  // Who calls it looks at this, and then says where the value belongs, so that it can be replaced.
  check.schemaEnv = true;
  return check as unknown as Check;
}
