import type { DeployContext } from '../../context';
import type { DeployRecord } from '../../requests';
import { readDeployed } from '../../state/deployed';
import { readRecords } from '../../state/records';

/** What was done to a stack, newest first, and the record that describes what runs now; null: none does. */
export interface StackHistory {
  stack: string;
  present: string | null;
  records: DeployRecord[];
}

/** From the state folder alone: no engine is asked. */
export async function historyOf(
  { state }: Pick<DeployContext, 'state'>,
  stack: string,
): Promise<StackHistory> {
  const [records, deployed] = await Promise.all([readRecords(state, stack), readDeployed(state, stack)]);
  return { stack, present: deployed?.record ?? null, records };
}
