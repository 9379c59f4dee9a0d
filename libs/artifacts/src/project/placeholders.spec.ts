import { placeholderProblems } from './placeholders';

const override = (text: string) => ({ file: 'projects/middlewares.yml', text, data: {} });

test('names the key path, the placeholder and the place in the operator’s file', () => {
  const text =
    'http:\n  middlewares:\n    auth:\n      basicAuth:\n        users:\n          - "a:b"\n          - "${USER}:${HASH:-x}"\n';
  const problems = placeholderProblems(text, 'proxy/traefik/dynamic/middlewares.yml', override(text));
  expect(problems.map(({ message }) => message)).toEqual([
    'projects/middlewares.yml: http.middlewares.auth.basicAuth.users[1] holds ${USER}, which Traefik does not expand',
    'projects/middlewares.yml: http.middlewares.auth.basicAuth.users[1] holds ${HASH:-x}, which Traefik does not expand',
  ]);
  expect(problems[0]?.place).toEqual({
    file: 'projects/middlewares.yml',
    line: 7,
    column: 13,
    text: '          - "${USER}:${HASH:-x}"',
  });
});

test('in a file that nothing was laid over, names the generated file', () => {
  const [problem] = placeholderProblems('a: {b: "${X}"}\n', 'proxy/traefik/dynamic/routers-tcp.yml', null);
  expect(problem?.message).toContain('proxy/traefik/dynamic/routers-tcp.yml: a.b holds ${X}');
  expect(problem?.place).toBeUndefined();
});

test.each([
  ['a numbered group', 'm: {redirectRegex: {regex: "^(.*)$", replacement: "${1}/x"}}'],
  ['a named group', 'm: {redirectRegex: {regex: "^(?P<rest>.*)$", replacement: "/${rest}"}}'],
  ['a dollar sign', 'm: "costs $5, ends in $"'],
  ['a comment', 'm: 1 # ${NOT_A_VALUE}'],
])('%s is no placeholder', (_what, text) => {
  expect(placeholderProblems(text, 'x.yml', null)).toEqual([]);
});

test('a name that the expression does not define is a placeholder', () => {
  const text = 'm: {redirectRegex: {regex: "^(?P<rest>.*)$", replacement: "/${REST}"}}';
  expect(placeholderProblems(text, 'x.yml', null)).toHaveLength(1);
});
