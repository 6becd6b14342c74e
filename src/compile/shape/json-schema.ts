export function jsonSchema(): unknown {
  return {};
}
