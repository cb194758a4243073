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

describe('an error that has no code', () => {
  it.each([
    ['more variables that do not fit than graphql lists', { of: Array(60).fill('x') }],
    ['a variable that does not fit', { of: ['x'] }],
    ['a variable that is missing', {}],
  ])('is BAD_USER_INPUT where it is about %s', async (_what, variables) => {
    const query = 'query ($of: [Int!]!) { count(of: $of) }';
    expect(await codesFor(query, variables)).toEqual(['BAD_USER_INPUT']);
  });

  it('is BAD_USER_INPUT where a variable makes an argument unfit', async () => {
    const query = 'query ($one: Int = 1) { count(of: [$one]) }';
    expect(await codesFor(query, { one: null })).toEqual(['BAD_USER_INPUT']);
  });

  it('is BAD_REQUEST where Apollo Server answers it with a 4xx', () => {
    const http = { status: 400 };
    expect(codeOf(new GraphQLError('Unsupported', { extensions: { http } }))).toBe('BAD_REQUEST');
  });

  it.each<[string, string, object]>([
    ['a resolver throws an error', '{ name }', thrower(new Error('secret'))],
    ['a resolver throws what is no error', '{ name }', thrower('secret')],
    ['a resolver throws an error of graphql', '{ name }', thrower(new GraphQLError('secret'))],
    ['a resolver gives no value for a field that must have one', '{ must }', {}],
    ['a resolver gives a value of another type', '{ name }', { name: {} }],
    ['a resolver gives a value instead of a list', '{ list }', { list: 7 }],
  ])('is a defect where %s', async (_what, query, root) => {
    expect(await codesFor(query, {}, root)).toEqual(['INTERNAL_SERVER_ERROR']);
  });

  it('is a defect where nobody knows what it is', () => {
    for (const error of [
      new Error('x'),
      'x',
      undefined,
      new GraphQLError('Unexpected error value: x'),
    ])
      expect(codeOf(error)).toBe('INTERNAL_SERVER_ERROR');
  });
});
