import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkConfig, checkNames } from '../../config/checks.js';
import { ConfigurationError, readConfig, type Config } from '../../config/read.js';
import { ok, problem, type CheckResult } from '../../check-result.js';
import { EXIT_CODES } from '../../service/exit-codes.js';
import { missingPackages } from '../../service/missing-package.js';
import { withoutSecrets } from '../../redaction.js';
import { printable } from '../../visible-text.js';
import { checkEmbedded } from '../../stores/embedded/check.js';
import { checkRedis } from '../../stores/redis/checks/index.js';
import {
  example,
  JSON_OPTION,
  type CommandContext,
  type DefineCommand,
  type JsonOption,
} from '../command.js';
import { counted, type Terminal } from '../terminal.js';

export const doctor: DefineCommand = (parent, context) => {
  parent
    .command('doctor')
    .description('examine the configuration and the store, and say what to change')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      example(
        'wallet-sessions doctor',
        'Exits with 1 where it finds a problem. A warning is a risk that one may want to take.',
      ),
    )
    .action((options: JsonOption) => run(options, context));
};

async function run({ json }: JsonOption, context: CommandContext): Promise<void> {
  const { environment, terminal } = context;
  const findings = (await examine(environment)).map(withoutSecretsIn);
  const count = (verdict: CheckResult['verdict']) =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (json === true) terminal.printJson({ problems, warnings, findings });
  else {
    for (const finding of findings) tell(finding, terminal);
    terminal.print(`${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`);
  }
  if (problems > 0) context.exitWith(EXIT_CODES.FAILED);
}

async function examine(environment: NodeJS.ProcessEnv): Promise<CheckResult[]> {
  const names = checkNames(environment);
  let config: Config;
  try {
    config = readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const remedy = 'The variables are listed in docs/configuration.md.';
    return [
      ...error.problems.map((meaning) => problem('configuration', meaning, remedy)),
      ...names,
    ];
  }
  return [...checkPackages(), ...checkConfig(config), ...names, ...(await examineStore(config))];
}

function checkPackages(): CheckResult[] {
  return missingPackages().map(({ name, remedy }) =>
    problem('packages', `${name} is not installed: the service does not start.`, remedy),
  );
}

async function examineStore({ redis, dataDirectory }: Config): Promise<CheckResult[]> {
  if (redis === undefined) return checkEmbedded(resolve(dataDirectory, 'store'));
  const { certificateFile } = redis;
  if (certificateFile === undefined) return checkRedis(redis);
  try {
    const certificateAuthority = await readFile(certificateFile, 'utf8');
    return [
      ok('certificates', `${certificateFile} can be read.`),
      ...(await checkRedis({ ...redis, certificateAuthority })),
    ];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'open') throw error;
    const meaning = `${certificateFile} cannot be read: the service does not start.`;
    return [problem('certificates', meaning, 'Name a readable file in REDIS_TLS_CA_FILE.')];
  }
}

/** Removes secrets from messages of Redis, which may quote their input. */
function withoutSecretsIn(finding: CheckResult): CheckResult {
  const { meaning, remedy } = finding;
  return { ...finding, meaning: withoutSecrets(meaning), remedy: remedy && withoutSecrets(remedy) };
}

const MARKS = {
  ok: ['green', 'ok     '],
  warning: ['yellow', 'warning'],
  problem: ['red', 'problem'],
} as const;

function tell({ check, verdict, meaning, remedy }: CheckResult, terminal: Terminal): void {
  const [colour, mark] = MARKS[verdict];
  terminal.print(`${terminal.style(colour, mark)}  ${check}: ${printable(meaning)}`);
  if (remedy !== undefined) terminal.print(`         → ${printable(remedy)}`);
}
