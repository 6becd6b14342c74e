import { expect, it } from 'vitest';
import { plainVariable } from '../../../protocol/index.ts';
import { isTraced } from './is-traced.ts';

type Row = readonly [Readonly<Record<string, string>>, { readonly isOff?: boolean; readonly owner?: string }, boolean];

it.each<Row>([
  [{}, {}, false],
  [{ CI_DEBUG_TRACE: 'true' }, {}, true],
  [{ CI_DEBUG_TRACE: 'false' }, {}, false],
  [{ CI_DEBUG_TRACE: 'yes' }, {}, false],
  [{ ON: '1', CI_DEBUG_TRACE: '$ON' }, {}, true],
  [{ CI_DEBUG_TRACE: 'true' }, { isOff: true }, false],
  [{ CI_DEBUG_SERVICES: 'true' }, { isOff: true }, true],
  [{}, { owner: 'true' }, true],
  [{ CI_DEBUG_TRACE: 'false' }, { owner: 'true' }, false],
])('a log of a job with %j, and with %j of the owner, shows more than it means to: %s', (given, owner, expected) => {
  const variables = Object.entries(given).map(([key, value]) => plainVariable(key, value, { raw: false }));
  const environment = owner.owner === undefined ? [] : [{ key: 'CI_DEBUG_TRACE', value: owner.owner }];
  expect(isTraced({ variables }, { debugTraceDisabled: owner.isOff ?? false, environment })).toBe(expected);
});
