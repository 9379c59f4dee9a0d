import { childEnvironment, withoutCredentials } from './child-environment';
import { credentialProblems, credentialsOfEnvFile } from './credential-problems';

const CALLER = {
  PATH: '/bin',
  HOME: '/root',
  LC_ALL: 'C',
  https_proxy: 'http://proxy',
  HTTPS_PROXY: 'http://proxy',
  DOCKER_HOST: 'unix:///x',
  DOCKER_PASSWORD: 'p',
  COMPOSE_PROFILES: 'a',
  SOPS_AGE_KEY: 'k',
  GH_TOKEN: 't',
  GITHUB_TOKEN: 't',
  GITHUB_SHA: 'abc',
  AWS_SECRET_ACCESS_KEY: 's',
  AWS_REGION: 'eu',
  API_TOKEN: 't',
  TAG: '1',
  TZ: 'UTC',
  MOOD: 'good',
};

describe('childEnvironment', () => {
  it('passes on what Compose needs and what the files name, in whatever form', () => {
    const text = 'services: {web: {image: "a:${TAG:-x}-$GITHUB_SHA", environment: [MOOD, AWS_REGION]}}';
    expect(Object.keys(childEnvironment(CALLER, [text])).sort()).toEqual(
      [
        ...['AWS_REGION', 'COMPOSE_PROFILES', 'DOCKER_HOST', 'GITHUB_SHA', 'HOME', 'HTTPS_PROXY', 'LC_ALL'],
        ...['MOOD', 'PATH', 'TAG', 'TZ', 'https_proxy'],
      ].sort(),
    );
  });

  it('passes on names that only programs can set', () => {
    const env = { 'spring.profile': 'x', 'my-var': 'y', 'other.var': 'z' };
    expect(childEnvironment(env, ['environment: [spring.profile, my-var]'])).toEqual({
      'spring.profile': 'x',
      'my-var': 'y',
    });
  });

  it('passes on everything but credentials where a file is read by Compose alone', () => {
    const { TAG, MOOD, SOPS_AGE_KEY, GH_TOKEN } = withoutCredentials(CALLER);
    expect({ TAG, MOOD, SOPS_AGE_KEY, GH_TOKEN }).toEqual({ TAG: '1', MOOD: 'good' });
  });

  it('never passes on a credential of the deploy, whoever names it', () => {
    const text = Object.keys(CALLER).join(' ');
    const passed = childEnvironment(CALLER, [text]);
    expect(passed['TAG']).toBe('1');
    for (const name of ['SOPS_AGE_KEY', 'GH_TOKEN', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'API_TOKEN'])
      expect(passed).not.toHaveProperty(name);
  });
});

describe('credentialProblems', () => {
  const place = { file: 'projects/app/compose.yml', line: 4, column: 1 };
  const named = ['SOPS_AGE_KEY', 'API_TOKEN', 'OTHER_TOKEN', 'GITHUB_CLIENT_SECRET'].map((name) => ({
    name,
    place,
  }));
  const found = (own: string[], env: Record<string, string> | null): string[] =>
    credentialProblems('app', named, new Set(own), env).map(
      ({ message }) => /`(\w+)`/.exec(message)?.[1] ?? '',
    );

  it('names the deploy’s own always, others where the deploy would have passed them on', () => {
    expect(found([], null)).toEqual(['SOPS_AGE_KEY']);
    expect(found([], { API_TOKEN: 'x' })).toEqual(['SOPS_AGE_KEY', 'API_TOKEN']);
  });

  it('leaves out what the project has itself', () => {
    expect(found(['SOPS_AGE_KEY', 'API_TOKEN'], { API_TOKEN: 'x' })).toEqual([]);
  });

  it('knows how a file of variables takes one', () => {
    const text = 'A=1\nGH_TOKEN\nB=${SOPS_AGE_KEY}\nGH_TOKEN=own\n';
    expect(credentialsOfEnvFile('a.env', text).map(({ name, place: { line } }) => `${line} ${name}`)).toEqual(
      ['2 GH_TOKEN', '3 SOPS_AGE_KEY'],
    );
  });
});
