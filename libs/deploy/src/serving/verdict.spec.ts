import type { RowAnswer } from './ask-row';
import type { RowQuestion } from './questions';
import { verdictOn } from './verdict';

const question: RowQuestion = {
  ...{ text: 'https://blog.example.com/', kind: 'http', address: '127.0.0.1', port: 8443, tls: true },
  ...{
    host: 'blog.example.com',
    path: '/',
    place: { file: 'projects/blog/ingress.yml', line: 2, column: 3 },
  },
};
const target = { stack: 'blog', what: 'web of blog', port: 8080, look: 'itsup logs blog web' };
/** As Traefik sends its own; what comes of a service has what the entry point's middlewares add. */
const bare = { 'content-type': 'text/plain; charset=utf-8', date: '', 'content-length': '19' };
const marked = { ...bare, 'referrer-policy': 'strict-origin-when-cross-origin' };

const answered = (status: number, body: string, headers: Record<string, string> = bare): RowAnswer => ({
  ...{ kind: 'answered', status, body, headers },
});

describe('verdictOn', () => {
  it.each<[string, RowAnswer, RegExp]>([
    ['a port that refuses', { kind: 'refused' }, /nobody listens on port 8443/],
    ["Traefik's own 404", answered(404, '404 page not found\n'), /Traefik's own 404: no router takes it/],
    ['502', answered(502, 'Bad Gateway', marked), /502: nothing answers at port 8080 of web of blog/],
    ['503 without a server', answered(503, 'no available server\n'), /no server of web of blog is up/],
    ['504', answered(504, 'Gateway Timeout', marked), /does not answer in time/],
  ])('reports %s', (_, answer, message) => {
    expect(verdictOn(question, answer, target, true)).toMatchObject({
      ...{ code: 'row-not-served', severity: 'error', project: 'blog', place: { line: 2 } },
      message: expect.stringMatching(message),
    });
  });

  it.each<[string, RowAnswer]>([
    ['200', answered(200, 'hello')],
    ['401', answered(401, '')],
    ["a service's own 404 in the words of Go", answered(404, '404 page not found\n', marked)],
    ["a service's own 404", answered(404, '<h1>Not here</h1>')],
    ["a service's own 502", answered(502, '<h1>Upstream is down</h1>', marked)],
    ['500', answered(500, 'Internal Server Error')],
    ['an open port', { kind: 'open' }],
    ['no answer in time', { kind: 'silent', reason: 'no answer in 10 s' }],
  ])('lets %s pass', (_, answer) => {
    expect(verdictOn(question, answer, target, true)).toBeNull();
  });

  it('blames nobody for a 404 where nothing tells Traefik’s own from others', () => {
    expect(verdictOn(question, answered(404, '404 page not found\n'), target, false)).toBeNull();
  });
});
