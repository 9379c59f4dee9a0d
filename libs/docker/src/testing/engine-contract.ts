import { containerContract } from './contract-container';
import { contractKit, type ContractSubject } from './contract-kit';
import { networkContract } from './contract-network';
import { refusalContract } from './contract-refusals';
import { upContract } from './contract-up';

/** What simulations and real engines do alike, as far as a deploy can tell. */
export function engineContract(open: () => Promise<ContractSubject>): void {
  const kit = contractKit(open);
  upContract(kit);
  containerContract(kit);
  networkContract(kit);
  refusalContract(kit);
}
