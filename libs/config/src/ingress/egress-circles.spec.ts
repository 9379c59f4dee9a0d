import fc from 'fast-check';
import { closingEdges, egressCircles } from './egress-circles';

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

describe('egressCircles', () => {
  it('knows that there is none', () => {
    expect(egressCircles(graph({ web: ['api', 'db'], api: ['db'] }))).toEqual([]);
  });

  it('lets the first by name go first of two that need each other', () => {
    const two = graph({ crm: ['mailer'], mailer: ['crm'] });
    expect(egressCircles(two)).toEqual([['crm', 'mailer']]);
    expect([...closingEdges(two)]).toEqual(['crm mailer']);
  });

  it('names a longer way round, and each circle that has an edge of its own', () => {
    const edges = { a: ['c', 'd'], b: ['a'], c: ['b'], d: ['a'] };
    expect(egressCircles(graph(edges))).toEqual([
      ['a', 'b', 'c'],
      ['a', 'd'],
    ]);
  });

  it('does not mind an edge to itself or to nowhere', () => {
    expect(egressCircles(graph({ a: ['a', 'gone'] }))).toEqual([]);
  });

  it('goes down a chain of ten thousand', () => {
    const chain = new Map(Array.from({ length: 10_000 }, (_, n) => [`p${n}`, [`p${n + 1}`]]));
    expect(egressCircles(chain)).toEqual([]);
    expect(egressCircles(new Map([...chain, ['p10000', ['p0']]]))[0]).toHaveLength(10_001);
  });

  it('leaves no circle without the edges that close one, whatever the order they are written in', () => {
    const name = fc.constantFrom(...'abcdef');
    const anyGraph = fc.array(fc.tuple(name, fc.uniqueArray(name)), { maxLength: 6 });
    fc.assert(
      fc.property(anyGraph, (entries) => {
        const edges = new Map(entries);
        const closing = closingEdges(edges);
        expect(closingEdges(new Map([...edges].reverse().map(([a, b]) => [a, [...b].reverse()])))).toEqual(
          closing,
        );
        const rest = [...edges].map(([a, b]): [string, string[]] => [
          a,
          b.filter((each) => !closing.has(`${a} ${each}`)),
        ]);
        expect(egressCircles(new Map(rest))).toEqual([]);
      }),
    );
  });
});
