import { desiredService, observedContainer } from '../../testing/desired-service';
import type { DesiredService, DesiredStack, ObservedContainer } from '../model';
import { keepingOwnData } from './own-data';

const WITH_DATA = observedContainer('cache', { hasAnonymousVolume: true });

function notRolled(
  service: Partial<DesiredService>,
  containers: ObservedContainer[],
  except: string | null = null,
): string[] | undefined {
  const desired: DesiredStack = {
    stack: 'shop',
    projectName: 'shop',
    services: [desiredService('cache', service)],
    inactiveServices: [],
    edges: [],
    ownNetworks: [],
    ownVolumes: [],
  };
  return keepingOwnData(desired, containers, except).services[0]?.notRolled;
}

describe('keepingOwnData', () => {
  it('rolls nothing whose container has a volume without a name', () => {
    expect(notRolled({}, [WITH_DATA])).toEqual(['its data is in an anonymous volume']);
    expect(notRolled({}, [observedContainer('cache')])).toEqual([]);
    expect(notRolled({}, [{ ...WITH_DATA, projectName: 'other' }])).toEqual([]);
  });

  it('names what is known already alone', () => {
    const facts = ['volume /data is writable'];
    expect(notRolled({ notRolled: facts }, [WITH_DATA])).toEqual(facts);
  });

  it('rolls what is to be rolled all the same, and what has its own way', () => {
    expect(notRolled({ isRolloutAsked: true }, [WITH_DATA])).toEqual([]);
    expect(notRolled({}, [WITH_DATA], 'cache')).toEqual([]);
  });
});
