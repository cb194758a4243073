import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import type { StatisticsReport } from '../administration/statistics/statistics.js';
import type { Period } from '../administration/statistics/period.js';
import type { Counts } from '../administration/statistics/store.js';

@ObjectType('ReasonCount', { description: 'The number of events with one reason.' })
class ReasonCount {
  @Field(() => String, { description: 'An error code or a RevocationReason.' })
  reason!: string;

  @Field(() => GraphQLSafeInt, { description: 'The number of events.' })
  count!: number;
}

@ObjectType('StatisticsPeriod', { description: 'Counts of a period.' })
export class StatisticsPeriod {
  @Field(() => GraphQLDateTime, { description: 'The start of the period.' })
  from!: Date;

  @Field(() => GraphQLSafeInt, { description: 'Nonces issued.' })
  challenges!: number;

  @Field(() => GraphQLSafeInt, { description: 'Sessions started.' })
  signIns!: number;

  @Field(() => GraphQLSafeInt, { description: 'Refresh tokens exchanged.' })
  refreshes!: number;

  @Field(() => GraphQLSafeInt, { description: 'Reauthentications in existing sessions.' })
  reauthentications!: number;

  @Field(() => [ReasonCount], { description: 'Refused sign-ins, by error code.' })
  refusals!: ReasonCount[];

  @Field(() => [ReasonCount], { description: 'Sessions that ended, by RevocationReason.' })
  revocations!: ReasonCount[];
}

@ObjectType('Statistics', { description: 'Usage statistics of the service.' })
export class StatisticsType {
  @Field(() => GraphQLSafeInt, {
    description:
      'Sessions that have not ended, accurate to a minute. An instance that is killed loses ' +
      'the counts of its last second: its sessions of that second are counted wrongly until they would have expired.',
  })
  activeSessions!: number;

  @Field(() => GraphQLSafeInt, {
    description:
      'Distinct wallets that signed in or refreshed in the period. On Redis, an estimate with a typical error below 1 %.',
  })
  wallets!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The URL of the operator’s dashboard of metrics, if one is configured.',
  })
  dashboardUrl!: string | null;

  @Field(() => StatisticsPeriod, { description: 'Totals of the whole period.' })
  total!: StatisticsPeriod;

  @Field(() => [StatisticsPeriod], { description: 'Counts by hour, oldest first.' })
  hours!: StatisticsPeriod[];
}

export function toStatisticsType(
  { activeSessions, wallets, total, hours }: StatisticsReport,
  dashboardUrl: string | undefined,
): StatisticsType {
  return {
    activeSessions,
    wallets,
    dashboardUrl: dashboardUrl ?? null,
    total: toPeriodType(total),
    hours: hours.map(toPeriodType),
  };
}

function toPeriodType(period: Period): StatisticsPeriod {
  const { from, challenges, signIns, refreshes, reauthentications } = period;
  return {
    from: new Date(from),
    challenges,
    signIns,
    refreshes,
    reauthentications,
    refusals: toReasonCounts(period.refusals),
    revocations: toReasonCounts(period.revocations),
  };
}

function toReasonCounts(counts: Counts): ReasonCount[] {
  return Array.from(counts, ([reason, count]) => ({ reason, count })).sort(
    (a, b) => b.count - a.count,
  );
}
