import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import type { Capabilities } from '../sessions/session.js';

@ObjectType('Ability', {
  description: 'An act that a wallet allowed the application, with its restrictions (ERC-5573).',
})
class AbilityType {
  @Field(() => String, { description: 'A namespace, a slash and a name: `crud/read`.' })
  name!: string;

  @Field(() => [GraphQLJSONObject], {
    description:
      'Alternative restrictions: the act is allowed if it satisfies any one of them. The application enforces them. An empty object restricts nothing.',
  })
  restrictions!: readonly object[];
}

@ObjectType('Capability', {
  description:
    'What a wallet allowed the application to do with a resource, besides the sign-in (ERC-5573).',
})
export class CapabilityType {
  @Field(() => String, { description: 'The URI of the resource.' })
  resource!: string;

  @Field(() => [AbilityType], { description: 'What the application may do with it.' })
  abilities!: AbilityType[];
}

/** A list in the order of the message. GraphQL has no type for objects whose keys may be anything. */
export function toCapabilityTypes(capabilities: Capabilities = {}): CapabilityType[] {
  return Object.entries(capabilities).map(([resource, abilities]) => ({
    resource,
    abilities: Object.entries(abilities).map(([name, restrictions]) => ({ name, restrictions })),
  }));
}
