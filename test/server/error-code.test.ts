import { buildSchema, execute, GraphQLError, parse, type ExecutionResult } from 'graphql';
import { codeOf } from '../../src/graphql/errors.js';

const schema = buildSchema(`
  type Query { count(of: [Int!]!): Int must: Int! name: String list: [Int] }
`);

async function codesFor(query: string, variableValues?: object, rootValue?: object) {
  const document = parse(query);
  const result: ExecutionResult = await execute({
    schema,
    document,
    rootValue,
    variableValues: variableValues as Record<string, unknown>,
  });
  return [...new Set(result.errors?.map(codeOf))];
}

const thrower = (error: unknown) => ({
  name() {
    throw error;
  },
});

describe('the code of an error without one', () => {
  it.each([
    ['more invalid variables than graphql lists', { of: Array(60).fill('x') }],
    ['an invalid variable', { of: ['x'] }],
    ['a missing variable', {}],
  ])('assigns BAD_USER_INPUT to an error about %s', async (_what, variables) => {
    const query = 'query ($of: [Int!]!) { count(of: $of) }';
    expect(await codesFor(query, variables)).toEqual(['BAD_USER_INPUT']);
  });

  it('assigns BAD_USER_INPUT to an error about an argument that a variable makes invalid', async () => {
    const query = 'query ($one: Int = 1) { count(of: [$one]) }';
    expect(await codesFor(query, { one: null })).toEqual(['BAD_USER_INPUT']);
  });

  it('assigns BAD_REQUEST to an error that Apollo Server answers with a 4xx status', () => {
    const http = { status: 400 };
    expect(codeOf(new GraphQLError('Unsupported', { extensions: { http } }))).toBe('BAD_REQUEST');
  });

  it.each<[string, string, object]>([
    ['a resolver throws an error', '{ name }', thrower(new Error('secret'))],
    ['a resolver throws a string', '{ name }', thrower('secret')],
    ['a resolver throws a GraphQLError', '{ name }', thrower(new GraphQLError('secret'))],
    ['a resolver returns no value for a non-null field', '{ must }', {}],
    ['a resolver returns a value of the wrong type', '{ name }', { name: {} }],
    ['a resolver returns a number instead of a list', '{ list }', { list: 7 }],
  ])('assigns INTERNAL_SERVER_ERROR when %s', async (_what, query, root) => {
    expect(await codesFor(query, {}, root)).toEqual(['INTERNAL_SERVER_ERROR']);
  });

  it('assigns INTERNAL_SERVER_ERROR to an unknown error', () => {
    for (const error of [
      new Error('x'),
      'x',
      undefined,
      new GraphQLError('Unexpected error value: x'),
    ])
      expect(codeOf(error)).toBe('INTERNAL_SERVER_ERROR');
  });
});
