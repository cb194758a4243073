import { ArgsType, Field, Int } from 'type-graphql';
import { LARGEST_PAGE } from './page-size.js';

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    defaultValue: LARGEST_PAGE,
    description: `How many at the most: 0 to ${LARGEST_PAGE}.`,
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Begin after the edge with this cursor.',
  })
  after?: string | null;
}
