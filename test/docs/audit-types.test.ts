import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSchema, isEnumType } from 'graphql';
import { AUDIT_EVENT_TYPES } from '../../src/audit/events.js';

const read = (path: string) => readFileSync(resolve(__dirname, '../..', path), 'utf8');

describe('the table of audit events in docs/administration.md', () => {
  const rows = Array.from(
    read('docs/administration.md').matchAll(/^\| `([A-Z_]+)` +\| `([a-z.-]+)` /gm),
    ([, inGraphQl = '', inLog = '']): [string, string] => [inGraphQl, inLog],
  );

  it('lists every type of audit event in docs/administration.md under its names in GraphQL and in the log', () => {
    const type = buildSchema(read('schema/wallet-sessions.graphql')).getType('AuditEventType');
    const names = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
    expect(rows.map(([inGraphQl]) => inGraphQl).sort()).toEqual(names.sort());
    expect(rows.map(([, inLog]) => inLog).sort()).toEqual([...AUDIT_EVENT_TYPES].sort());
  });

  it('pairs the two names of a type of audit event in one row of docs/administration.md', () => {
    const alike = rows.map(([, inLog]) => inLog.toUpperCase().replaceAll(/\W/g, '_'));
    expect(rows.map(([inGraphQl]) => inGraphQl)).toEqual(alike);
  });
});
