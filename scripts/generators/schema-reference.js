import {
  astFromValue,
  getNamedType,
  isEnumType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  print,
} from 'graphql';
import { buildWalletSessionsSchema } from '../../dist/graphql/schema.js';
import { formatted, table } from './markdown.js';

const PATH = 'docs/schema.md';

const HEADER = `# Schema

Made from the descriptions in the schema by \`npm run generate\`; the SDL is in
[\`schema/wallet-sessions.graphql\`](../schema/wallet-sessions.graphql). \`!\` is never null, and an argument
with \`!\` and no default must be given. Errors have a [code](error-codes.md).`;

/** The reference of the API: every operation, type, field, argument and value, from the schema itself. */
export async function schemaReference() {
  const schema = buildWalletSessionsSchema();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .filter((type) => !roots.includes(type));
  const text = [
    HEADER,
    ...roots.map((type) =>
      [`## ${type.name}`, type.description, ...operationsOf(type)].join('\n\n'),
    ),
    '## Types',
    ...types.filter(isObjectType).map((type) => typeSection(type, fieldTable(type))),
    '## Enums',
    ...types.filter(isEnumType).map((type) => typeSection(type, valueTable(type))),
    '## Scalars',
    ...types.filter(isScalarType).map((type) => typeSection(type, type.specifiedByURL ?? '')),
  ];
  return [{ path: PATH, content: await formatted(PATH, text.join('\n\n')) }];
}

/** Not under its name alone: a type and an operation may differ in their first letter only. */
function typeSection(type, content) {
  return section({ name: headingOf(type), description: type.description }, content);
}

function headingOf(type) {
  const kind = isEnumType(type) ? 'enum' : isScalarType(type) ? 'scalar' : 'type';
  return `${kind} ${type.name}`;
}

function section({ name, description }, content) {
  return [`### ${name}`, description ?? '', content].join('\n\n');
}

function operationsOf(type) {
  return Object.values(type.getFields()).map((field) =>
    section(field, [`Returns ${typeLink(field.type)}.`, argumentTable(field.args)].join('\n\n')),
  );
}

function argumentTable(args) {
  if (args.length === 0) return '';
  const rows = args.map(({ name, type, defaultValue, description }) => [
    `\`${name}\``,
    typeLink(type),
    defaultValue === undefined ? '' : `\`${print(astFromValue(defaultValue, type))}\``,
    description ?? '',
  ]);
  return table(['argument', 'type', 'default', 'meaning'], rows);
}

function fieldTable(type) {
  const rows = Object.values(type.getFields()).map((field) => {
    if (field.args.length > 0) throw new Error(`${type.name}.${field.name} has arguments.`);
    return [`\`${field.name}\``, typeLink(field.type), field.description ?? ''];
  });
  return table(['field', 'type', 'meaning'], rows);
}

function valueTable(type) {
  const rows = type.getValues().map(({ name, description }) => [`\`${name}\``, description ?? '']);
  return table(['value', 'meaning'], rows);
}

/** To where the type is described; those of GraphQL itself are known. */
function typeLink(type) {
  const named = getNamedType(type);
  const code = `\`${String(type)}\``;
  return isSpecifiedScalarType(named)
    ? code
    : `[${code}](#${headingOf(named).toLowerCase().replace(' ', '-')})`;
}
