import { containerFacts } from '../testing/container-facts';
import { provideConfiguration } from '../provider/docker-provider';
import { isEmpty } from '../provider/provided-configuration';

const labels = (priority: string): Record<string, string> => ({
  'traefik.enable': 'true',
  'traefik.http.routers.web.rule': 'Host(`a.example.com`)',
  'traefik.http.routers.web.priority': priority,
  'traefik.http.services.web.loadbalancer.server.port': '80',
});

describe('a container with a label that Traefik cannot read', () => {
  it('has no routes, as it has none with Traefik, so no pin can carry the label on', () => {
    const of = (priority: string): boolean =>
      isEmpty(
        provideConfiguration([containerFacts({ labels: labels(priority) })], null, { knowsTypes: true }),
      );
    expect(of('7')).toBe(false);
    expect(of('abc')).toBe(true);
  });

  it('is taken as it is where the types are of another Traefik', () => {
    expect(isEmpty(provideConfiguration([containerFacts({ labels: labels('abc') })], null))).toBe(false);
  });
});
