import { problemsOf, type Problem } from '@itsup/config';

import type { DeployContext } from '../context';
import { createSecretsReader, HOST_CONTEXT } from '../desired/secrets';
import type { DeployRequest, DeployRecord, StackOutcome } from '../stacks/model';
import { readRecords } from '../state/records';
import { failureNotice, noticeSubject, noticeText } from './failure-notice';

const TIMEOUT_SECONDS = 60;

/**
 * Runs the operator's `alert.command` when something failed, with the host's secrets in its environment. Never rejects:
 * that nobody could be told is a line, and changes no outcome.
 * @param began when the deploy did, in milliseconds since the epoch: older records are not its own
 */
export async function sendNotice(
  context: DeployContext,
  request: DeployRequest,
  result: { began: number; outcomes: readonly StackOutcome[]; problems?: readonly Problem[] },
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
    const notice = failureNotice(
      {
        host: system.hostname,
        workspace: root,
        by: `${system.user}@${system.hostname}`,
        commit: request.commit ?? null,
        at: new Date(system.now()).toISOString(),
      },
      result.outcomes,
      records,
      result.problems,
    );
    if (notice === null) return;
    const secrets = await createSecretsReader(root, docker)(HOST_CONTEXT).catch(() => ({ variables: {} }));
    const { exitCode, lastLine } = await docker.host.runHook({
      command,
      input: `${JSON.stringify(notice)}\n`,
      env: {
        ...secrets.variables,
        ITSUP_SUBJECT: noticeSubject(notice),
        ITSUP_TEXT: noticeText(notice),
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
