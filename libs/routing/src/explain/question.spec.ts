import fc from 'fast-check';
import { parseQuestion, routingPath, type Question } from './question';

function read(text: string): Question {
  const result = parseQuestion(text);
  if ('problem' in result) throw new Error(result.problem.message);
  return result.question;
}

describe('parseQuestion', () => {
  it.each<[string, Partial<Question>]>([
    ['https://App.Example.com/a/b?x=1&y', { scheme: 'https', host: 'app.example.com', path: '/a/b' }],
    ['https://app.example.com', { scheme: 'https', port: null, path: null }],
    ['http://app.example.com:8080/', { scheme: 'http', port: 8080, path: '/' }],
    ['wss://app.example.com/socket', { scheme: 'https', path: '/socket' }],
    ['app.example.com', { scheme: null, host: 'app.example.com', port: null, path: null }],
    ['app.example.com.', { host: 'app.example.com' }],
    ['app.example.com/api', { scheme: null, path: '/api' }],
    ['app.example.com:5432', { host: 'app.example.com', port: 5432 }],
    ['user:secret@app.example.com', { host: 'app.example.com' }],
    ['*.example.com', { host: '*.example.com' }],
    ['bücher.example', { host: 'xn--bcher-kva.example' }],
    ['[::1]:8443', { host: '::1', port: 8443 }],
    ['10.0.0.1:80', { host: '10.0.0.1', port: 80 }],
    ['5432', { host: null, port: 5432 }],
    [':5432', { host: null, port: 5432 }],
    ['53/udp', { scheme: 'udp', port: 53 }],
    ['udp://dns.example.com:53', { scheme: 'udp', host: 'dns.example.com', port: 53 }],
    ['tcp://:5432', { scheme: 'tcp', host: null, port: 5432 }],
  ])('reads %s', (text, expected) => expect(read(text)).toMatchObject(expected));

  it('keeps the query, decoded', () => {
    expect(read('https://a.example/?x=1&y=a%20b&x=2').query).toEqual([
      ['x', '1'],
      ['y', 'a b'],
      ['x', '2'],
    ]);
  });

  it.each([
    '',
    '   ',
    'ftp://a.example',
    '0',
    '99999',
    'a.example:0',
    'a b',
    'https://',
    'udp://a.example',
    'a:b:c',
  ])('refuses %j with an example', (text) =>
    expect(parseQuestion(text)).toMatchObject({
      problem: { help: expect.stringContaining('https://') as unknown },
    }),
  );

  it('answers any text, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab.:/?#[]@%2F*é 0') }), (text) => {
        const result = parseQuestion(text);
        expect('question' in result || result.problem.message.length > 0).toBe(true);
      }),
    );
  });
});

describe('routingPath', () => {
  it.each([
    ['/a//b', '/a/b'],
    ['/foo%20bar', '/foo bar'],
    ['/a%2Fb', '/a%2Fb'],
    ['/caf%C3%A9', '/café'],
    ['/%C3%A9%2f%C3%A9', '/é%2fé'],
    ['/%ff', '/%ff'],
  ])('%s is %s', (given, seen) => expect(routingPath(given)).toBe(seen));
});
