import { mentionedInLabels, mentionsIn } from './references';

describe('what a piece of configuration names elsewhere', () => {
  it('is told with its kind and its provider, whatever the case of a field', () => {
    const mentions = mentionsIn({
      http: {
        routers: {
          a: { entrypoints: ['web'], service: 'app@docker', middlewares: ['auth@file', 'own'], rule: 'x' },
        },
        services: {
          b: { weighted: { services: [{ name: 'c' }], sticky: { cookie: { name: 'cookie' } } } },
          c: { loadBalancer: { serversTransport: 'slow' } },
        },
      },
    });
    expect(mentions.map(({ kind, name, provider }) => `${kind} ${name} ${provider}`)).toEqual([
      'entryPoint web null',
      'services app docker',
      'middlewares auth file',
      'middlewares own null',
      'services c null',
      'serversTransports slow null',
    ]);
  });

  it('is found in labels by the provider that they say', () => {
    const labels = {
      'traefik.http.routers.blog.middlewares': 'auth@file, own ,limit@docker',
      'org.example.mail': 'someone@file',
    };
    expect([...mentionedInLabels(labels, 'file')]).toEqual(['auth']);
    expect([...mentionedInLabels(labels, 'docker')]).toEqual(['limit']);
  });
});
