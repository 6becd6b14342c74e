import Type, { type Static } from 'typebox';
import { closed, flattened, maybe, oneOf, TextList } from './scalars.ts';
import { JobVariables } from './variables.ts';

const PullPolicyWord = oneOf('always', 'never', 'if-not-present');
const UserName = Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Integer()]);

const imageFields = {
  name: Type.String({ minLength: 1 }),
  entrypoint: maybe(TextList),
  docker: maybe(closed({ platform: maybe(Type.String({ minLength: 1 })), user: maybe(UserName) })),
  kubernetes: maybe(closed({ user: maybe(UserName) })),
  pull_policy: maybe(Type.Union([PullPolicyWord, Type.Array(PullPolicyWord, { minItems: 1 })])),
};

export const ImageMapping = closed(imageFields);
export const Image = Type.Union([Type.String({ minLength: 1 }), ImageMapping], { description: 'an image name' });
export type ImageConfig = Static<typeof Image>;

export const ServiceMapping = closed({
  ...imageFields,
  alias: maybe(Type.String({ minLength: 1 })),
  command: maybe(TextList),
  variables: maybe(JobVariables),
});
export type ServiceConfig = string | Static<typeof ServiceMapping>;

export const Services = flattened('Services', [Type.String({ minLength: 1 }), ServiceMapping], {
  description: 'a list of services',
});
