import { checkAddressPools, checkProxynet } from './checks/address-pools';
import { checkCertificates } from './checks/certificates';
import { checkClock } from './checks/clock';
import { checkDisks } from './checks/disks';
import { checkCompose, checkEngine } from './checks/engine';
import { checkForwards } from './checks/forwards';
import { checkHoneypot } from './checks/honeypot';
import { checkKernel } from './checks/kernel';
import { checkLeftovers } from './checks/leftovers';
import { checkNames } from './checks/names';
import { checkOpenApis } from './checks/open-apis';
import { checkPages } from './checks/pages';
import { checkPlugin } from './checks/plugin';
import { checkPorts } from './checks/ports';
import { checkProduct } from './checks/product';
import { checkRows } from './checks/rows';
import { checkSecrets } from './checks/secrets';
import { checkUnits } from './checks/units';
import { checkWorkspace } from './checks/workspace';
import type { HostFacts } from './facts';
import type { Finding } from './finding';

const CHECKS: readonly ((facts: HostFacts) => Finding[])[] = [
  checkProduct,
  checkWorkspace,
  checkEngine,
  checkCompose,
  checkKernel,
  checkAddressPools,
  checkProxynet,
  checkHoneypot,
  checkPorts,
  checkOpenApis,
  checkRows,
  checkPages,
  checkNames,
  checkForwards,
  checkCertificates,
  checkClock,
  checkDisks,
  checkSecrets,
  checkLeftovers,
  checkPlugin,
  checkUnits,
];

/** Everything that the facts say, check by check. Pure. */
export function examine(facts: HostFacts): Finding[] {
  return CHECKS.flatMap((check) => check(facts));
}
