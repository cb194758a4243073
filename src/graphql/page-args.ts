import { ArgsType, Field, Int } from 'type-graphql';
import { MAX_PAGE_SIZE } from './page-size.js';

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    defaultValue: MAX_PAGE_SIZE,
    description: `How many at the most: 0 to ${MAX_PAGE_SIZE}.`,
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Begin after the edge with this cursor.',
  })
  after?: string | null;
}
