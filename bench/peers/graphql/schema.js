/** The query that is compared, with a resolver that does nothing, as schema source and as resolvers. */
export const typeDefs = `type Query { session: Session } type Session { id: ID! }`;

export const resolvers = {
  Query: { session: () => ({ id: 'AAAAAAAAAAAAAAAAAAAA' }) },
};
