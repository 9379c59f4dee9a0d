import type { HostFacts } from '../facts';
import { checkProduct } from './product';

const VERSIONS: HostFacts['versions'] = {
  ...{ client: '28.5.2', clientError: null, server: '28.5.2', serverError: null },
  ...{ compose: '5.5.0', composeError: null },
};
const TESTED = 'ok: tested: Nx 22, 23 and 24, Node 20, 22 and 24, Docker 20.10 to 28.5, Compose 2.26 to 5.5';

const told = (nx: string | null, node: string, versions = VERSIONS): string[] =>
  checkProduct({ product: { itsup: '1.2.3', nx, node }, versions }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

it('tells the versions that run, and those that are tested', () => {
  expect(told('24.0.1', '20.19.0')).toEqual([
    'ok: itsup 1.2.3, Nx 24.0.1, Node 20.19.0, Docker 28.5.2, Compose 5.5.0',
    TESTED,
  ]);
});

it('tells them where there is no engine, and no Nx', () => {
  expect(told(null, '24.9.0', { ...VERSIONS, server: null, compose: null })).toEqual([
    'ok: itsup 1.2.3, Nx unknown, Node 24.9.0, Docker unknown, Compose unknown',
    TESTED,
  ]);
});

it.each([
  ['21.3.0', '22.12.0', 'Nx 21.3.0 is not tested'],
  ['25.0.0', '22.12.0', 'Nx 25.0.0 is not tested'],
  ['23.2.1', '20.18.1', 'Node 20.18.1 is older than 20.19'],
  ['23.2.1', '21.7.3', 'Node 21.7.3 is not tested'],
  ['23.2.1', '23.11.0', 'Node 23.11.0 is not tested'],
  ['23.2.1', '26.1.0', 'Node 26.1.0 is not tested'],
])('warns of Nx %s with Node %s', (nx, node, warned) => {
  expect(told(nx, node)).toEqual([
    expect.stringMatching(`^ok: itsup 1.2.3, Nx ${nx}, Node ${node},`),
    TESTED,
    `warning: ${warned}`,
  ]);
});
