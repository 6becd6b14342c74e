/** A name of 255 characters, whose end tells it from others. */
const longest = (end: string): string => `deploy the ${'very '.repeat(60)}`.slice(0, 255 - end.length) + end;

export const LONG = {
  project: `warehouse-${'of-everything-'.repeat(9)}end`,
  message: `Rework how orders are split between warehouses ${'and then again '.repeat(20)}so that nothing waits`,
  ref: `feature/${'a-branch-that-somebody-named-with-care-'.repeat(4)}2`,
  job: longest('[aws, eu-1]'),
} as const;

/** Names as long as they may be, without a space, and from right to left. */
export const LONG_NAMES = `
stages: [build, "${'a stage with a name of many words '.repeat(7).trim()}", שלב]
"${LONG.job}": {stage: build, script: x}
"${longest('[aws, eu-2]')}": {stage: build, script: x}
"${'supercalifragilistic'.repeat(12)}": {stage: "${'a stage with a name of many words '.repeat(7).trim()}", script: x}
"בדיקות אינטגרציה: [postgres, 17]": {stage: שלב, script: x}
"<b>&amp; ‮reversed": {stage: שלב, script: x}
`;

export const WIDE = `stages: [test, deploy]
${Array.from({ length: 200 }, (_, index) => `job-${index + 1}: {stage: test, script: x}`).join('\n')}
ship: {stage: deploy, script: x}
`;

/** Starts a pipeline that starts another. */
export const PARENT = `
lint: {script: make lint}
shop: {trigger: {include: shop.yml, strategy: depend}}
docs: {trigger: {include: docs.yml}}
`;
export const CHILDREN = {
  'shop.yml': `
cart: {script: make cart, after_script: [make down]}
backend: {trigger: {include: backend.yml, strategy: depend}}
`,
  'backend.yml': 'payment: {script: make payment}\nmail: {script: make mail, allow_failure: true}\n',
  'docs.yml': 'pages: {script: make pages}\n',
};
