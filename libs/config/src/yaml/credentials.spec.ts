import { isCredential, isDeploysOwn, namedCredentials } from './credentials';
import { parseYaml } from './parse-yaml';

const named = (text: string): string[] =>
  parseYaml('compose.yml', text)
    .sources.flatMap(namedCredentials)
    .map(({ name, place }) => `${place.line} ${name}`);

describe('namedCredentials', () => {
  it('finds them in every way that a Compose file takes a variable, with the line', () => {
    expect(
      named(
        [
          'services:',
          '  web:',
          '    image: "a:${TAG}-${GH_TOKEN:-x}"',
          '    environment:',
          '      - SOPS_AGE_KEY',
          '      - LEVEL',
          '      - GITHUB_TOKEN=own',
          '    build:',
          '      args: {API_TOKEN: , OTHER: x}',
          '    command: "echo $${GH_TOKEN} ${A:-${NPM_TOKEN}}"',
          '  db:',
          '    environment: {AWS_SECRET_ACCESS_KEY: null, GITHUB_SHA: , AWS_REGION: }',
          '    extra: "$ACTIONS_RUNTIME_TOKEN ${SSH_AUTH_SOCK}"',
          'secrets:',
          '  k: {environment: SOPS_AGE_KEY_FILE}',
        ].join('\n'),
      ),
    ).toEqual([
      '3 GH_TOKEN',
      '5 SOPS_AGE_KEY',
      '9 API_TOKEN',
      '10 NPM_TOKEN',
      '12 AWS_SECRET_ACCESS_KEY',
      '13 ACTIONS_RUNTIME_TOKEN',
      '13 SSH_AUTH_SOCK',
      '15 SOPS_AGE_KEY_FILE',
    ]);
  });

  it('leaves words alone that only look like one', () => {
    expect(
      named('services: {web: {image: GH_TOKEN, labels: [GITHUB_TOKEN], command: [SOPS_AGE_KEY]}}'),
    ).toEqual([]);
  });
});

describe('isDeploysOwn', () => {
  it.each(['SOPS_AGE_KEY', 'SOPS_AGE_KEY_FILE', 'ACTIONS_RUNTIME_TOKEN', 'NX_CLOUD_ACCESS_TOKEN'])(
    'knows %s, which no application has',
    (name) => expect(isDeploysOwn(name)).toBe(true),
  );

  // What applications call their own: GitLab's documentation, logins by GitHub, Convex.
  it.each([
    'GITLAB_HOME',
    'GITLAB_ROOT_PASSWORD',
    'GITHUB_CLIENT_ID',
    'GITHUB_TOKEN',
    'ACTIONS_USER_TIMEOUT_SECS',
  ])('leaves %s to who has a value for it', (name) => expect(isDeploysOwn(name)).toBe(false));
});

describe('isCredential', () => {
  it.each(['GH_TOKEN', 'GITHUB_TOKEN', 'GITLAB_TOKEN', 'GITHUB_APP_PRIVATE_KEY', 'NPM_TOKEN', 'API_TOKENS'])(
    'keeps %s of the deploy',
    (name) => expect(isCredential(name)).toBe(true),
  );

  it.each(['GITHUB_SHA', 'GITLAB_HOME', 'MAX_TOKENS', 'OPENAI_MAX_TOKENS', 'TOKEN_TTL', 'AWS_REGION'])(
    'passes %s on',
    (name) => expect(isCredential(name)).toBe(false),
  );
});
