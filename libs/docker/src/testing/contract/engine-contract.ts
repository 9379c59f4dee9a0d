import { containerContract } from './container';
import { contractKit, type ContractSubject } from './kit';
import { networkContract } from './network';
import { refusalContract } from './refusals';
import { upContract } from './up';

/** What simulations and real engines do alike, as far as a deploy can tell. */
export function engineContract(open: () => Promise<ContractSubject>): void {
  const kit = contractKit(open);
  upContract(kit);
  containerContract(kit);
  networkContract(kit);
  refusalContract(kit);
}
