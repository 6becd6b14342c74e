import type { Image, Service } from '../../../protocol/index.ts';
import type { ImageConfig, ServiceConfig } from '../../shape/containers.ts';
import { plainList } from '../flatten.ts';
import { planVariables } from '../plan-variables.ts';

export function planImage(image: ImageConfig): Image {
  if (typeof image === 'string') return { name: image, entrypoint: null, pullPolicy: [], executorOpts: {} };
  const { pull_policy: policy } = image;
  return {
    name: image.name,
    entrypoint: image.entrypoint ? plainList(image.entrypoint) : null,
    pullPolicy:
      policy === null || policy === undefined ? [] : Array.isArray(policy) ? plainList(policy) : [policy as string],
    executorOpts: executorOptions(image),
  };
}

export function planServices(services: readonly ServiceConfig[]): readonly Service[] {
  return services.map((service) => {
    const image = planImage(service);
    if (typeof service === 'string') return { ...image, alias: null, command: null, variables: [] };
    return {
      ...image,
      alias: service.alias ?? null,
      command: service.command ? plainList(service.command) : null,
      variables: planVariables(service.variables),
    };
  });
}

function executorOptions(image: Exclude<ImageConfig, string>): Image['executorOpts'] {
  const options: Record<string, Record<string, string | number>> = {};
  if (image.docker) options.docker = given(image.docker);
  if (image.kubernetes) options.kubernetes = given(image.kubernetes);
  return options;
}

function given(fields: Readonly<Record<string, string | number | null | undefined>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (field): field is [string, string | number] => field[1] !== null && field[1] !== undefined,
    ),
  );
}
