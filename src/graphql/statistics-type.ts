import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import type { StatisticsReport } from '../administration/statistics/statistics.js';
import type { Period } from '../administration/statistics/period.js';
import type { Counts } from '../administration/statistics/store.js';

@ObjectType({ description: 'How often something happened for one reason.' })
export class ReasonCount {
  @Field(() => String, { description: 'An error code or a RevocationReason.' })
  reason!: string;

  @Field(() => GraphQLSafeInt, { description: 'How often.' })
  count!: number;
}

@ObjectType({ description: 'What was counted in a time.' })
export class StatisticsPeriod {
  @Field(() => GraphQLDateTime, { description: 'When the time begins.' })
  from!: Date;

  @Field(() => GraphQLSafeInt, { description: 'Nonces that were handed out.' })
  challenges!: number;

  @Field(() => GraphQLSafeInt, { description: 'Sessions that began.' })
  signIns!: number;

  @Field(() => GraphQLSafeInt, { description: 'Exchanges of refresh tokens.' })
  refreshes!: number;

  @Field(() => GraphQLSafeInt, { description: 'Fresh signatures in sessions that went on.' })
  reauthentications!: number;

  @Field(() => [ReasonCount], { description: 'Refused sign-ins, by error code.' })
  refusals!: ReasonCount[];

  @Field(() => [ReasonCount], { description: 'Ends of sessions, by RevocationReason.' })
  revocations!: ReasonCount[];
}

@ObjectType('Statistics', { description: 'How the service is used.' })
export class StatisticsType {
  @Field(() => GraphQLSafeInt, {
    description: 'Sessions that have neither ended nor expired, to within a minute.',
  })
  activeSessions!: number;

  @Field(() => GraphQLSafeInt, {
    description:
      'Different wallets that signed in or refreshed in this time: on Redis an estimate, as a rule within 1 %.',
  })
  wallets!: number;

  @Field(() => StatisticsPeriod, { description: 'The whole time.' })
  total!: StatisticsPeriod;

  @Field(() => [StatisticsPeriod], { description: 'Hour by hour, the oldest first.' })
  hours!: StatisticsPeriod[];
}

export function toStatisticsType(report: StatisticsReport): StatisticsType {
  const { activeSessions, wallets, total, hours } = report;
  return { activeSessions, wallets, total: toPeriodType(total), hours: hours.map(toPeriodType) };
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
