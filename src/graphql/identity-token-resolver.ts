import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { currentSession, RequestScope } from './authorization.js';
import type { RequestContext } from './context.js';

@ObjectType('IdentityToken', {
  description: 'A signed token that proves the session and its wallet to a server of its audience.',
})
class IdentityTokenType {
  @Field(() => String, {
    description: 'A JWT (RFC 7519). It stays valid until it expires, even if the session ends.',
  })
  token!: string;

  @Field(() => GraphQLDateTime, {
    description: 'When the token expires: after at most 60 seconds.',
  })
  expiresAt!: Date;
}

@Resolver()
export class IdentityTokenResolver {
  @Mutation(() => IdentityTokenType, {
    description:
      'Issues a short-lived JWT for a server that cannot reach this service, at most 60 times a minute for each session. ' +
      'The error is IDENTITY_TOKENS_DISABLED unless the operator has allowed audiences.',
  })
  async issueIdentityToken(
    @Arg('audience', () => String, {
      description:
        'The server that the token is for: one of the audiences that the operator has allowed.',
    })
    audience: string,
    @RequestScope() context: RequestContext,
  ): Promise<IdentityTokenType> {
    const { token, expiresAt } = await context.identityTokens.issue(
      currentSession(context),
      audience,
    );
    return { token, expiresAt: new Date(expiresAt) };
  }
}
