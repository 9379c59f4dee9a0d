import fc from 'fast-check';
import { nameOf, nameRows } from './names';
import { row } from '../testing/build';

describe('nameRows', () => {
  it('names a row after project, service and port, in lower case [a-z0-9-]', () => {
    const one = row({ service: 'My_Web.v2', port: 80 });
    expect(nameRows('Blog', [one], 'host').names.get(one)).toBe('blog-my-web-v2-80');
    expect(nameOf('a.b@c`d')).toBe('a-b-c-d');
  });

  it('gives rows of one service and port names that do not depend on their order', () => {
    const rows = [row({ domains: ['b.org'] }), row({ domains: ['a.org'] }), row({ domains: ['c.org'] })];
    const forward = nameRows('blog', rows, 'host').names;
    const backward = nameRows('blog', [...rows].reverse(), 'host').names;
    for (const each of rows) expect(backward.get(each)).toBe(forward.get(each));
    expect([...forward.values()].sort()).toEqual([
      'blog-web-8080',
      expect.stringMatching(/^blog-web-8080-[0-9a-f]{8}$/),
      expect.stringMatching(/^blog-web-8080-[0-9a-f]{8}$/),
    ]);
    expect(new Set(forward.values()).size).toBe(3);
  });

  it('keeps a name when an option of the row changes', () => {
    const first = row({ domains: ['a.org'] });
    const before = row({ domains: ['b.org'] });
    const after = row({ domains: ['b.org'], middleware: ['rate-limit'], priority: 3, sticky: true });
    expect(nameRows('blog', [first, after], 'host').names.get(after)).toBe(
      nameRows('blog', [first, before], 'host').names.get(before),
    );
  });

  it('tells services apart whose names become the same', () => {
    const rows = [row({ service: 'a.b' }), row({ service: 'a-b' })];
    expect(new Set(nameRows('blog', rows, 'host').names.values()).size).toBe(2);
  });

  it('finds rows that ask for the same route', () => {
    const rows = [row({ domains: ['a.org'] }), row({ domains: ['a.org'], sticky: true })];
    const { names, duplicates } = nameRows('blog', rows, 'host');
    expect(names.size).toBe(1);
    expect(duplicates).toHaveLength(1);
  });

  it('gives distinct names to whatever rows', () => {
    const any = fc.record({
      service: fc.constantFrom('a', 'A', 'a.b', 'a-b', 'a-80'),
      port: fc.constantFrom(80, 8080),
      domains: fc.array(fc.constantFrom('a.org', 'b.org'), { maxLength: 2 }),
      hostport: fc.option(fc.constantFrom(80, 90)),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (shapes) => {
        const rows = shapes.map((shape) => row(shape));
        const { names, duplicates } = nameRows('p', rows, 'host');
        expect(new Set(names.values()).size).toBe(names.size);
        expect(names.size + duplicates.length).toBe(rows.length);
      }),
    );
  });
});
