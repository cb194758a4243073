import type { GenericSchema } from 'valibot';

/** An environment variable that the service reads. */
export interface Variable<Value> {
  readonly description: string;
  /** The default, as the text of the variable. */
  readonly fallback: string | undefined;
  /** Validates and parses the text. */
  readonly schema: GenericSchema<string, Value>;
}

/** A variable with a default. */
export const variable = <Value>(
  schema: GenericSchema<string, Value>,
  description: string,
  fallback: string,
): Variable<Value> => ({ schema, description, fallback });

/** A variable without a default: its value is `undefined` if it is not set. */
export const optional = <Value>(
  schema: GenericSchema<string, Value>,
  description: string,
): Variable<Value | undefined> => ({ schema, description, fallback: undefined });
