import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLScalarType,
  GraphQLSchema,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isNullableType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  getNamedType,
  OperationTypeNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLType,
} from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import * as v from 'valibot';
import { readOptionsOf, withDefault, type OptionsOf } from '../options.js';
import { value } from '../setting-types.js';
import { buildWalletSessionsSchema } from './schema.js';

const NAME = 'must be a name of GraphQL';

export const ADD_SETTINGS = {
  /**
   * Other names for fields and types of wallet sessions, by their names in the SDL: `{ logout: 'walletLogout', Session:
   * 'WalletSession' }`. `wallet-sessions-client` uses the original names of the fields.
   */
  rename: withDefault(
    {},
    value<Readonly<Record<string, string>>>(
      'Record<string, string>',
      v.record(
        v.string(),
        v.pipe(v.string(NAME), v.regex(/^[_A-Za-z]\w*$/, NAME)),
        'must be an object of names, like { logout: "walletLogout" }',
      ),
    ),
  ),
};

/** Options of {@link addWalletSessions}. */
export type AddWalletSessionsOptions = OptionsOf<typeof ADD_SETTINGS>;

type Types = ReadonlyMap<GraphQLNamedType, GraphQLNamedType>;

/**
 * Adds wallet sessions to the schema of an application, whatever built it: type-graphql, SDL, Nest or another library.
 * The fields are added to the root types of `schema`, which is changed. The settings of its builder (container, auth
 * checker, validation of arguments) do not apply to the fields of wallet sessions.
 *
 * Scalars that both have, and object types like Relay's `PageInfo` with the same fields, are shared. The application's
 * may have further nullable fields.
 * @throws TypeError for an unknown name in `rename`, and if the schema already has a field or another type with one of
 * the names
 */
export function addWalletSessions(
  schema: GraphQLSchema,
  options: AddWalletSessionsOptions = {},
): GraphQLSchema {
  const { rename } = readOptionsOf('addWalletSessions', ADD_SETTINGS, options);
  return addRenamed(schema, buildWalletSessionsSchema(), rename);
}

/**
 * Adds the root fields and types of one schema to another, under other names. Both are changed.
 * @throws TypeError for an unknown name in `rename`, and for names that the schema already has
 */
export function addRenamed(
  schema: GraphQLSchema,
  added: GraphQLSchema,
  rename: Readonly<Record<string, string>>,
): GraphQLSchema {
  const fields = rootFieldsOf(added);
  const types = ownTypesOf(added);
  assertKnown(rename, [...fields.map(({ name }) => name), ...types.map(({ name }) => name)]);
  const nameOf = (name: string) => (Object.hasOwn(rename, name) ? (rename[name] ?? name) : name);

  const renamed = new Map(types.map((type) => [type, withName(type, nameOf(type.name))]));
  const shared = new Map<GraphQLNamedType, GraphQLNamedType>();
  const collisions: string[] = [];
  for (const [type, own] of renamed) {
    const existing = schema.getType(own.name);
    if (existing === undefined) shared.set(type, own);
    else if (areAlike(existing, own)) shared.set(type, existing);
    else collisions.push(`type ${own.name}`);
  }
  for (const { operation, name } of fields) {
    const root = schema.getRootType(operation);
    if (root?.getFields()[nameOf(name)] !== undefined)
      collisions.push(`field ${root.name}.${nameOf(name)}`);
  }
  assertNoCollisions(collisions);

  for (const type of types) if (isObjectType(type)) retypeFields(type, shared);
  const roots = new Map<OperationTypeNode, GraphQLObjectType>();
  for (const operation of Object.values(OperationTypeNode)) {
    const own = added.getRootType(operation);
    if (own == null) continue;
    retypeFields(own, shared);
    const root = schema.getRootType(operation) ?? own;
    moveFields(own, root, nameOf);
    roots.set(operation, root);
  }
  const { types: others, ...config } = schema.toConfig();
  const rootNames = new Set(Array.from(roots.values(), ({ name }) => name));
  return new GraphQLSchema({
    ...config,
    ...Object.fromEntries(roots),
    types: others.filter(({ name }) => !rootNames.has(name)),
  });
}

/** Moves all fields to a type, which may be the same one, under other names. */
function moveFields(
  from: GraphQLObjectType,
  to: GraphQLObjectType,
  nameOf: (name: string) => string,
): void {
  const fields = from.getFields();
  const moved = Object.values(fields).map((field) => ({ ...field, name: nameOf(field.name) }));
  for (const name of Object.keys(fields)) Reflect.deleteProperty(fields, name);
  for (const field of moved) to.getFields()[field.name] = field;
}

interface RootField {
  readonly operation: OperationTypeNode;
  readonly name: string;
}

function rootFieldsOf(schema: GraphQLSchema): RootField[] {
  return Object.values(OperationTypeNode).flatMap((operation) =>
    Object.keys(schema.getRootType(operation)?.getFields() ?? {}).map((name) => ({
      operation,
      name,
    })),
  );
}

/** The types of the schema itself, without root types. */
function ownTypesOf(schema: GraphQLSchema): GraphQLNamedType[] {
  const roots = Object.values(OperationTypeNode).map((operation) => schema.getRootType(operation));
  return Object.values(schema.getTypeMap()).filter(
    (type) =>
      !isIntrospectionType(type) &&
      !isSpecifiedScalarType(type) &&
      !roots.includes(type as GraphQLObjectType),
  );
}

function assertKnown(rename: Readonly<Record<string, string>>, names: readonly string[]): void {
  const unknown = Object.keys(rename).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(
    `rename.${unknown} is not a field or type of wallet sessions. Expected one of ${names.join(', ')}.`,
  );
}

function assertNoCollisions(collisions: readonly string[]): void {
  if (collisions.length === 0) return;
  throw new TypeError(
    `addWalletSessions: the schema already has the ${collisions.join(', the ')}. Rename yours, or those of wallet ` +
      "sessions: addWalletSessions(schema, { rename: { logout: 'walletLogout', Session: 'WalletSession' } }).",
  );
}

/** Each schema has its own types, except for scalars, which are copied. */
function withName(type: GraphQLNamedType, name: string): GraphQLNamedType {
  if (type.name === name) return type;
  if (isScalarType(type)) return new GraphQLScalarType({ ...type.toConfig(), name });
  type.name = name;
  return type;
}

/** Whether the type of an application can replace one of ours. */
function areAlike(theirs: GraphQLNamedType, ours: GraphQLNamedType): boolean {
  if (theirs === ours) return true;
  if (isScalarType(theirs) && isScalarType(ours)) return areAlikeScalars(theirs, ours);
  if (!isObjectType(theirs) || !isObjectType(ours)) return false;
  const fields = ours.getFields();
  const further = Object.values(theirs.getFields()).filter(({ name }) => !(name in fields));
  return (
    Object.values(fields).every(
      ({ name, type }) =>
        isLeafType(getNamedType(type)) && String(theirs.getFields()[name]?.type) === String(type),
    ) && further.every(({ type }) => isNullableType(type))
  );
}

/** `DateTime` is in results only, so it needs to serialize alike. Others must be the same, or a copy. */
function areAlikeScalars(theirs: GraphQLScalarType, ours: GraphQLScalarType): boolean {
  if (ours.name !== GraphQLDateTime.name)
    return theirs.parseValue === ours.parseValue && theirs.serialize === ours.serialize;
  try {
    const [one, other] = [theirs, ours].map((type) => JSON.stringify(type.serialize(new Date(0))));
    return one === other;
  } catch {
    return false;
  }
}

function retypeFields(type: GraphQLObjectType, types: Types): void {
  for (const field of Object.values(type.getFields())) retype(field, types);
}

function retype(field: GraphQLField<unknown, unknown>, types: Types): void {
  field.type = retyped(field.type, types);
  for (const argument of field.args) argument.type = retyped(argument.type, types);
}

function retyped<Type extends GraphQLType>(type: Type, types: Types): Type;
function retyped(type: GraphQLType, types: Types): GraphQLType {
  if (isNonNullType(type)) return new GraphQLNonNull(retyped(type.ofType as never, types));
  if (isListType(type)) return new GraphQLList(retyped(type.ofType as never, types));
  return types.get(type) ?? type;
}
