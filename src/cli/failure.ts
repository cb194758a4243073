import { ConfigurationError } from '../config/read.js';
import { isUnavailable } from '../errors.js';
import { EXIT_CODES, type ExitCode } from '../service/exit-codes.js';
import { explainMissingPackage } from '../service/missing-package.js';
import { withoutSecrets } from '../redaction.js';
import { StoreInUseError } from '../stores/open-store.js';

/** A failure of a command: its message and exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT_CODES.FAILED,
  ) {
    super(message);
  }
}

/** Describes an error and what to do in one line, without a stack trace. */
export function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof ConfigurationError) {
    return new CommandFailure(error.message, EXIT_CODES.CONFIGURATION);
  }
  if (error instanceof StoreInUseError) {
    const remedy =
      'Stop the service first, or administrate it over GraphQL (docs/administration.md).';
    return new CommandFailure(`${error.message} ${remedy}`, EXIT_CODES.UNAVAILABLE);
  }
  if (isUnavailable(error)) return unavailable(error.cause);
  const missingPackage = explainMissingPackage(error);
  if (missingPackage !== undefined) return new CommandFailure(missingPackage);
  return new CommandFailure(withoutSecrets(error instanceof Error ? error.message : String(error)));
}

/** The description of a store that does not answer. */
export function unavailable(cause: unknown): CommandFailure {
  const { message = '', code = '' } = cause as Partial<NodeJS.ErrnoException>;
  // An AggregateError of several addresses has no message.
  const reason = withoutSecrets(message || code || 'no answer in time');
  if (reason.startsWith('NOPERM')) {
    return new CommandFailure(
      `Redis refuses a command (${reason}). Allow its user what the message names (docs/security.md, Access to Redis).`,
      EXIT_CODES.UNAVAILABLE,
    );
  }
  return new CommandFailure(
    `The store does not answer (${reason}). Check REDIS_URL, or DATA_DIRECTORY; \`wallet-sessions doctor\` says more.`,
    EXIT_CODES.UNAVAILABLE,
  );
}
