import { desiredService, observedContainer, servicePlan } from '../../testing/desired-service';
import type { ServicePlan } from '../model';
import { movedPorts } from './moved-ports';

const wants = (name: string, ...ports: string[]) => desiredService(name, { ports });
const holds = (service: string, ...ports: string[]) => observedContainer(service, { ports });
const acts = (service: string, action: ServicePlan['action']) => servicePlan(service, { action });

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
});
