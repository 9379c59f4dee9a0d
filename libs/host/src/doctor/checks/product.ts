import type { HostFacts } from '../facts';
import { findings, warning, type Finding } from '../finding';

/** Versions that the product is tested with, each from its first to its last major version. */
export const TESTED = { nx: [22, 24], node: [20, 24] } as const;
const OLDEST_NODE = [20, 19] as const;

/** Which versions run, and whether they are tested ones. */
export function checkProduct({ product }: Pick<HostFacts, 'product'>): Finding[] {
  const { itsup, nx, node } = product;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const nxMajor = nx === null ? null : Number(nx.split('.')[0]);
  const isTooOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return findings('product', `itsup ${itsup}, Nx ${nx ?? 'unknown'}, Node ${node}`, [
    isTooOld ? warning(`Node ${node} is older than ${OLDEST_NODE.join('.')}`, 'install Node 22 or 24') : null,
    major > TESTED.node[1]
      ? warning(`Node ${node} is not tested`, `${TESTED.node.join(' to ')} are: install one of them`)
      : null,
    nxMajor !== null && (nxMajor < TESTED.nx[0] || nxMajor > TESTED.nx[1])
      ? warning(`Nx ${nx} is not tested`, `${TESTED.nx.join(' to ')} are: npm install -DE nx@${TESTED.nx[1]}`)
      : null,
  ]);
}
