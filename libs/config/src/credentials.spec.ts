import { namedCredentials } from './credentials';
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
