import type { ComposeModel, Listener } from '@itsup/docker';

import { servicePlan } from '../testing/desired-service';
import type { ServiceAction } from './model';
import { publishedPorts, takenPorts, type HeldPort } from './taken-ports';

function listener(change: Partial<Listener> = {}): Listener {
  const processes = [{ name: 'node', pid: 7 }];
  return { protocol: 'tcp', address: '0.0.0.0', port: 9100, processes, ...change };
}

function taken(
  port: object,
  listeners: Listener[],
  { action = 'recreate', held = [] }: { action?: ServiceAction; held?: HeldPort[] } = {},
): string[] {
  const plan = { services: [servicePlan('web', { action }), servicePlan('old', { action: 'remove' })] };
  const ports = [{ target: 80, published: '9100', protocol: 'tcp', ...port }];
  const model: ComposeModel = { name: 'shop', services: { web: { ports } } };
  return takenPorts(plan, publishedPorts(plan, model), listeners, held).map(
    ({ port: number, protocol, by }) => `${number}/${protocol} ${by ?? ''}`,
  );
}

function holder(change: Partial<HeldPort> = {}): HeldPort {
  return {
    container: 'x',
    service: 'other',
    isOwn: false,
    address: '',
    port: 9100,
    protocol: 'tcp',
    ...change,
  };
}

describe('takenPorts', () => {
  it('finds a process, and names it', () => {
    expect(taken({}, [listener()])).toEqual(['9100/tcp node (process 7)']);
    expect(taken({}, [])).toEqual([]);
  });

  it('finds another container, and one of its own that stays', () => {
    expect(taken({}, [listener()], { held: [holder()] })).toEqual(['9100/tcp container x']);
    expect(taken({}, [listener()], { held: [holder({ isOwn: true })] })).toEqual(['9100/tcp container x']);
  });

  it('is content with what is replaced, or goes', () => {
    for (const service of ['web', 'old'])
      expect(taken({}, [listener()], { held: [holder({ isOwn: true, service })] })).toEqual([]);
  });

  it('minds address and protocol', () => {
    expect(taken({ host_ip: '127.0.0.2' }, [listener({ address: '127.0.0.1' })])).toEqual([]);
    expect(taken({ host_ip: '127.0.0.1' }, [listener({ address: '*' })])).toHaveLength(1);
    expect(taken({ protocol: 'udp' }, [listener()])).toEqual([]);
  });

  it('is not content with what is replaced and comes back with the port', () => {
    const plan = {
      services: [servicePlan('a', { action: 'recreate' }), servicePlan('b', { action: 'create' })],
    };
    const services = {
      a: { ports: [{ target: 80, published: '80' }] },
      b: { ports: [{ target: 81, published: '80' }] },
    };
    const wanted = publishedPorts(plan, { name: 'shop', services });
    const held = [holder({ container: 'shop-a-1', service: 'a', isOwn: true, port: 80 })];
    expect(takenPorts(plan, wanted, [listener({ port: 80 })], held)).toEqual([
      { service: 'b', port: 80, protocol: 'tcp', by: 'container shop-a-1' },
    ]);
  });

  it('finds a process beside what is replaced at another address', () => {
    const held = [holder({ isOwn: true, service: 'old', address: '127.0.0.1' })];
    const listeners = [listener({ address: '127.0.0.1' }), listener({ address: '192.168.1.2' })];
    expect(taken({}, listeners, { held })).toEqual(['9100/tcp node (process 7)']);
    expect(taken({}, listeners.slice(0, 1), { held })).toEqual([]);
  });

  it('asks nothing of a range, of a port that the engine picks, and of what does not start', () => {
    expect(taken({ published: '9100-9110' }, [listener()])).toEqual([]);
    expect(taken({ published: undefined }, [listener()])).toEqual([]);
    expect(taken({}, [listener()], { action: 'none' })).toEqual([]);
  });
});
