import { resolve } from 'node:path';
import { ConfigurationError, type Config } from '../config/read.js';
import { StoreInUseError } from '../stores/open-store.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';

/** Why the service did not start and how to fix it, in one line. */
export interface FailedStart {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** Errors of LMDB have the system's error number as their code. */
type SystemError = Omit<NodeJS.ErrnoException, 'code'> & { readonly code?: string | number };

/** Explains an error of the environment. `undefined` for any other error, whose stack is needed. */
export function explainFailedStart(error: unknown, config: Config): FailedStart | undefined {
  if (error instanceof StoreInUseError) {
    return { message: error.message, exitCode: EXIT_CODES.UNAVAILABLE };
  }
  if (error instanceof ConfigurationError) {
    return { message: error.problems.join(' '), exitCode: EXIT_CODES.CONFIGURATION };
  }
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path } = error as SystemError;
  if (syscall === 'listen' || syscall === 'getaddrinfo') return explainListening(error, config);
  const file = fileVariables(config).find(([, name]) => name === path);
  if (file !== undefined && code !== undefined) {
    const [variable, name] = file;
    const message = `${variable} names ${name}, which cannot be read (${code}). Name a readable file.`;
    return { message, exitCode: EXIT_CODES.CONFIGURATION };
  }
  const isOfSystem = typeof code === 'number' || syscall !== undefined;
  const isInDirectory = path?.startsWith(resolve(config.dataDirectory)) === true;
  if (!isInDirectory && (!isOfSystem || config.redis !== undefined)) return undefined;
  return {
    message:
      `The data directory ${config.dataDirectory} cannot be used: ${error.message}. Make room on its disk, make it ` +
      'writable for the user of the service, or set another DATA_DIRECTORY.',
    exitCode: EXIT_CODES.FAILED,
  };
}

function fileVariables({ redis, trustedDocuments }: Config): [variable: string, path: string][] {
  const certificate = redis?.certificateFile;
  return [
    ...(certificate === undefined ? [] : [['REDIS_TLS_CA_FILE', certificate] as [string, string]]),
    ...(trustedDocuments?.files ?? []).map((file): [string, string] => ['TRUSTED_DOCUMENTS', file]),
  ];
}

function explainListening(error: NodeJS.ErrnoException, config: Config): FailedStart {
  const { code, port, address } = error as NodeJS.ErrnoException & {
    readonly port?: number;
    readonly address?: string;
  };
  const { host, port: own, metrics } = config;
  const isMetrics = metrics !== undefined && port === metrics.port && port !== own;
  const [HOST, PORT] = isMetrics ? ['METRICS_HOST', 'METRICS_PORT'] : ['HOST', 'PORT'];
  switch (code) {
    case 'EADDRINUSE':
      return {
        message: `Port ${port} of ${address} is in use. Stop the process that listens on it, or set ${PORT} to another port.`,
        exitCode: EXIT_CODES.FAILED,
      };
    case 'EACCES':
      return {
        message: `This user may not listen on port ${port} of ${address}. Set ${PORT} to a port above 1023.`,
        exitCode: EXIT_CODES.FAILED,
      };
    default:
      return {
        message: `The service cannot listen on ${address ?? host} (${code}). Set ${HOST} to an address of this machine, such as 127.0.0.1 or 0.0.0.0.`,
        exitCode: EXIT_CODES.CONFIGURATION,
      };
  }
}
