import type { IngressRow } from '@itsup/config';
import { addressesOf } from './addresses';
import { routeProject } from '../route-project';
import { project, settings } from '../testing/build';

function addresses(...rows: Partial<IngressRow>[]): string[] {
  return addressesOf({ projects: [routeProject(project('blog', { rows }), settings())] }, settings()).map(
    ({ address }) => address,
  );
}

describe('what can be opened', () => {
  it('is a public name on the standard port and a local one on the entry point', () => {
    expect(addresses({ domains: ['app.acme.org', 'www.acme.org'] }, { domains: ['app.localhost'] })).toEqual([
      'https://app.acme.org',
      'https://www.acme.org',
      'https://app.localhost:8443',
    ]);
  });

  it('ends with the path', () => {
    expect(addresses({ domains: ['acme.org'], pathPrefix: '/api' })).toEqual(['https://acme.org/api']);
  });

  it('is a port of the host where no name says more', () => {
    expect(
      addresses({ router: 'tcp', hostport: 5432 }, { router: 'udp', protocol: 'udp', hostport: 53 }),
    ).toEqual(['TCP port 5432', 'UDP port 53']);
  });

  it('is no wildcard, and nothing twice', () => {
    const plain = { domains: ['acme.org'] };
    expect(addresses({ domains: ['*.acme.org'] }, plain, { ...plain, port: 9000 })).toEqual([
      'https://acme.org',
    ]);
  });
});
