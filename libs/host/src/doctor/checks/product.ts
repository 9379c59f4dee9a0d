import { listed } from '@itsup/config';
import { TESTED_VERSIONS } from '@itsup/docker';
import type { HostFacts } from '../facts';
import { findings, warning, type Finding } from '../finding';

/** Major versions of Nx and Node that what is published is tested on; of engine and Compose: `TESTED_VERSIONS`. */
export const TESTED = { nx: [22, 23, 24], node: [20, 22, 24] } as const;
const OLDEST_NODE = [20, 19] as const;

/** Which versions run, and which are tested. Both are said in any case: this is what a report of a mistake needs. */
export function checkProduct({ product, versions }: Pick<HostFacts, 'product' | 'versions'>): Finding[] {
  const { itsup, nx, node } = product;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const nxMajor = nx === null ? null : Number(nx.split('.')[0]);
  const isTooOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  const running = [
    `itsup ${itsup}`,
    `Nx ${nx ?? 'unknown'}`,
    `Node ${node}`,
    `Docker ${versions.server ?? 'unknown'}`,
    `Compose ${versions.compose ?? 'unknown'}`,
  ];
  const { engine, compose } = TESTED_VERSIONS;
  return [
    ...findings('product', running.join(', '), []),
    ...findings(
      'product',
      `tested: Nx ${listed(TESTED.nx)}, Node ${listed(TESTED.node)}, ` +
        `Docker ${engine.oldest} to ${engine.newest}, Compose ${compose.oldest} to ${compose.newest}`,
      [],
    ),
    ...findings('product', null, [
      isTooOld
        ? warning(`Node ${node} is older than ${OLDEST_NODE.join('.')}`, 'install Node 22 or 24')
        : isIn(TESTED.node, major)
          ? null
          : warning(`Node ${node} is not tested`, `${listed(TESTED.node)} are: install one of them`),
      nxMajor === null || isIn(TESTED.nx, nxMajor)
        ? null
        : warning(
            `Nx ${nx} is not tested`,
            `${listed(TESTED.nx)} are: npm install -DE nx@${TESTED.nx.at(-1)}`,
          ),
    ]),
  ];
}

function isIn(majors: readonly number[], major: number): boolean {
  return majors.includes(major);
}
