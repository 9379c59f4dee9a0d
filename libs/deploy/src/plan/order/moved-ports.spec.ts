import type { HostPort } from '@itsup/docker';

import { desiredService, observedContainer, servicePlan } from '../../testing/desired-service';
import type { ServicePlan } from '../model';
import { movedPorts } from './moved-ports';

const wants = (name: string, ...ports: string[]) => desiredService(name, { ports: ports.map(portOf) });
const holds = (service: string, ...ports: string[]) =>
  observedContainer(service, { ports: ports.map(portOf) });
const acts = (service: string, action: ServicePlan['action']) => servicePlan(service, { action });

/** Of `127.0.0.1:53/udp`, or of `53/udp` for all addresses. */
function portOf(text: string): HostPort {
  const [, address = '', port = '', protocol = ''] = /^(?:(.*):)?(\d+)\/(\w+)$/.exec(text) ?? [];
  return { address, port: Number(port), protocol };
}

describe('movedPorts', () => {
  it('lets a service that is renamed go before the one of the new name', () => {
    const plans = [acts('new', 'create'), acts('old', 'remove')];
    const found = movedPorts(plans, [wants('new', '80/tcp')], [holds('old', '80/tcp', '53/udp')]);
    expect([[...found.goFirst], [...found.after]]).toEqual([['old'], []]);
  });

  it('recreates who gives a port up before who takes it', () => {
    const plans = ['a', 'b', 'c'].map((name) => acts(name, 'recreate'));
    const services = [wants('a', '2/tcp'), wants('b', '3/tcp'), wants('c', '4/tcp')];
    const { after, goFirst } = movedPorts(plans, services, [
      holds('a', '1/tcp'),
      holds('b', '2/tcp'),
      holds('c', '3/tcp'),
    ]);
    expect([[...goFirst], Object.fromEntries(after)]).toEqual([[], { a: ['b'], b: ['c'] }]);
  });

  it('lets nobody wait in a circle, and nobody for what stays', () => {
    const swap = [acts('a', 'recreate'), acts('b', 'recreate'), acts('c', 'create')];
    const services = [wants('a', '2/tcp'), wants('b', '1/tcp'), wants('c', '9/tcp')];
    const containers = [holds('a', '1/tcp'), holds('b', '2/tcp'), holds('d', '9/tcp')];
    const { after, goFirst, circle } = movedPorts(swap, services, containers);
    expect([[...goFirst], [...after], circle]).toEqual([[], [], ['a', 'b']]);
  });

  it('tells two addresses apart, so that a number that both keep is exchanged by nobody', () => {
    const plans = [acts('adguard', 'recreate'), acts('unbound', 'recreate')];
    const services = [wants('adguard', '192.168.1.2:53/udp'), wants('unbound', '127.0.0.1:53/udp')];
    const containers = [holds('adguard', '192.168.1.2:53/udp'), holds('unbound', '127.0.0.1:53/udp')];
    const { after, circle } = movedPorts(plans, services, containers);
    expect([[...after], circle]).toEqual([[], []]);
  });

  it('lets who takes one address wait for who had all of them and keeps another one', () => {
    const plans = [acts('adguard', 'create'), acts('unbound', 'recreate')];
    const services = [wants('adguard', '192.168.1.2:53/udp'), wants('unbound', '127.0.0.1:53/udp')];
    const { after } = movedPorts(plans, services, [holds('unbound', '0.0.0.0:53/udp', ':::53/udp')]);
    expect(Object.fromEntries(after)).toEqual({ adguard: ['unbound'] });
  });

  it('lets nobody wait for one that is recreated and keeps its port', () => {
    const plans = [acts('a', 'recreate'), acts('b', 'recreate')];
    const services = [wants('a', '80/tcp'), wants('b', '80/tcp', '81/tcp')];
    const { after } = movedPorts(plans, services, [holds('a', '80/tcp'), holds('b', '81/tcp')]);
    expect([...after]).toEqual([]);
  });

  it('lets one that stops giving a port wait for nobody, and others for it', () => {
    const plans = [acts('a', 'create'), servicePlan('b', { action: 'recreate', replicas: 0 })];
    const services = [wants('a', '80/tcp'), wants('b', '80/tcp')];
    const { after } = movedPorts(plans, services, [holds('b', '80/tcp')]);
    expect(Object.fromEntries(after)).toEqual({ a: ['b'] });
  });
});
