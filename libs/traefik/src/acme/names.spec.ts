import { covers, isCovered } from './names';

describe('covers', () => {
  it.each([
    ['app.example.com', 'app.example.com', true],
    ['App.Example.com.', 'app.example.com', true],
    ['*.example.com', 'app.example.com', true],
    ['*.example.com', 'a.app.example.com', false],
    ['*.example.com', 'example.com', false],
    ['app.example.com', '*.example.com', false],
    ['*.example.com', '*.example.com', true],
  ])('%s is good for %s: %s', (certified, name, expected) => {
    expect(covers(certified, name)).toBe(expected);
  });

  it('is covered by any of the names', () => {
    expect(isCovered('b.example.com', ['a.example.com', '*.example.com'])).toBe(true);
    expect(isCovered('b.example.com', [])).toBe(false);
  });
});
