import type { GenericSchema } from 'valibot';

/** An environment variable that the service reads. */
export interface Variable<Value> {
  readonly description: string;
  /** The default as one would write it. */
  readonly fallback: string | undefined;
  /** What the text must be, and what it means. */
  readonly schema: GenericSchema<string, Value>;
}

/** One with a default. */
export const variable = <Value>(
  schema: GenericSchema<string, Value>,
  description: string,
  fallback: string,
): Variable<Value> => ({ schema, description, fallback });

/** One without a default: its value is `undefined` where it is not set. */
export const optional = <Value>(
  schema: GenericSchema<string, Value>,
  description: string,
): Variable<Value | undefined> => ({ schema, description, fallback: undefined });
