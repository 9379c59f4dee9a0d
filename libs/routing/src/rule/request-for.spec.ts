import { requestFor, requestsFor } from './request-for';

describe('requestFor', () => {
  it.each<[string, ReturnType<typeof requestFor>]>([
    ['Host(`a.example.com`)', { host: 'a.example.com', path: '/' }],
    [
      '(Host(`a.example.com`) || Host(`b.example.com`)) && PathPrefix(`/api`)',
      { host: 'a.example.com', path: '/api' },
    ],
    ['HostRegexp(`^[a-z]+$`) || Host(`a.example.com`)', { host: 'a.example.com', path: '/' }],
    ['Host(`*.example.com`) && Path(`/exact`)', { host: 'any.example.com', path: '/exact' }],
    ['PathPrefix(`/`)', { host: null, path: '/' }],
    ['Host(`a.example.com`) && !PathPrefix(`/admin`)', { host: 'a.example.com', path: '/' }],
    ['Host(`a.example.com`) && Header(`X-Team`, `blue`)', null],
    ['HostRegexp(`^a+$`)', null],
    ['Host(`${NAME}`)', null],
    ['Host(', null],
  ])('%s', (rule, expected) => {
    expect(requestFor(rule)).toEqual(expected);
  });
});

describe('requestsFor', () => {
  it('has one for each name and path', () => {
    const rule = '(Host(`a.example.com`) || Host(`b.example.com`)) && (Path(`/x`) || PathPrefix(`/y`))';
    expect(
      requestsFor(rule)
        .map(({ host, path }) => `${host}${path}`)
        .sort(),
    ).toEqual(['a.example.com/x', 'a.example.com/y', 'b.example.com/x', 'b.example.com/y']);
  });
});
