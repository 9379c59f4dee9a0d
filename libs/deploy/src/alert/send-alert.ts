import { problemsOf, type Problem } from '@itsup/config';

import type { DeployContext } from '../context';
import { createSecretsReader, HOST_CONTEXT } from '../desired/environment/secrets';
import type { DeployRequest, DeployRecord, StackOutcome } from '../requests';
import { readRecords } from '../state/records';
import { failureAlert, alertSubject, alertText, type FailureAlert } from './failure-alert';

const TIMEOUT_SECONDS = 60;

/** What an alert needs of the request that failed. */
type AlertedRequest = Pick<DeployRequest, 'workspace' | 'commit'>;

/**
 * Runs a command of the deploy layer, and tells the operator when something in it failed, or kept it from beginning.
 * Only what may run while nobody looks has an alert: under a timer, from a script, from CI.
 */
export async function withAlert<T>(
  context: DeployContext,
  request: AlertedRequest,
  command: FailureAlert['command'],
  run: () => Promise<T>,
  outcomesOf: (result: T) => readonly StackOutcome[],
  warningsOf: (result: T) => readonly Problem[] = () => [],
): Promise<T> {
  const began = context.system.now();
  try {
    const result = await run();
    const [outcomes, warnings] = [outcomesOf(result), warningsOf(result)];
    await sendAlert(context, request, { command, began, outcomes, warnings });
    return result;
  } catch (error) {
    await sendAlert(context, request, { command, began, outcomes: [], problems: problemsOf(error) });
    throw error;
  }
}

/**
 * Runs the operator's `alert.command` when something failed, with the host's secrets in its environment. Never rejects:
 * that nobody could be told is a line, and changes no outcome.
 * @param result `began`: when, in milliseconds since the epoch; older records are not its own
 */
async function sendAlert(
  context: DeployContext,
  request: AlertedRequest,
  result: {
    command: FailureAlert['command'];
    began: number;
    outcomes: readonly StackOutcome[];
    problems?: readonly Problem[];
    warnings?: readonly Problem[];
  },
): Promise<void> {
  const command = request.workspace.settings.alertCommand;
  if (command === undefined || context.signal?.aborted === true) return;
  const { docker, reporter, root, state, system } = context;
  try {
    const records = new Map<string, DeployRecord>();
    for (const { stack, status } of result.outcomes) {
      if (status !== 'failed') continue;
      const [record] = await readRecords(state, stack, 1);
      if (record !== undefined && Date.parse(record.startedAt) >= result.began) records.set(stack, record);
    }
    const alert = failureAlert(
      {
        command: result.command,
        host: system.hostname,
        workspace: root,
        by: `${system.user}@${system.hostname}`,
        commit: request.commit ?? null,
        at: new Date(system.now()).toISOString(),
      },
      result.outcomes,
      records,
      result.problems,
      result.warnings,
    );
    if (alert === null) return;
    const secrets = await createSecretsReader(root, docker)(HOST_CONTEXT).catch(() => ({ variables: {} }));
    const { exitCode, lastLine } = await docker.host.runHook({
      command,
      input: `${JSON.stringify(alert)}\n`,
      env: {
        ...secrets.variables,
        ITSUP_SUBJECT: alertSubject(alert),
        ITSUP_TEXT: alertText(alert),
      },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    if (exitCode !== 0) note(reporter, `it ended with ${exitCode}${lastLine === '' ? '' : `: ${lastLine}`}`);
  } catch (error) {
    note(reporter, problemsOf(error)[0]?.message ?? '');
  }
}

function note(reporter: DeployContext['reporter'], why: string): void {
  reporter.line(null, `note: the command of alert.command failed, nobody was told: ${why}`);
}
