import { checkProduct } from './product';

const told = (nx: string | null, node: string): string[] =>
  checkProduct({ product: { itsup: '1.2.3', nx, node } }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

it('tells the versions that run', () => {
  expect(told('24.0.1', '20.19.0')).toEqual(['ok: itsup 1.2.3, Nx 24.0.1, Node 20.19.0']);
});

it.each([
  ['21.3.0', '22.12.0', 'Nx 21.3.0'],
  ['25.0.0', '22.12.0', 'Nx 25.0.0'],
  ['23.2.1', '20.18.1', 'Node 20.18.1'],
  ['23.2.1', '26.1.0', 'Node 26.1.0'],
])('warns of Nx %s with Node %s', (nx, node, named) => {
  expect(told(nx, node)).toEqual([expect.stringMatching(new RegExp(`^warning: ${named} is`))]);
});
