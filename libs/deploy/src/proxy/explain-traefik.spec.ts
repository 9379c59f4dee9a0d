import type { ServicePlan, StackPlan } from '../plan/model';
import type { Publisher } from '../publish/publisher';
import { handoverCost, rootNote } from './explain-traefik';

const plan = (action: ServicePlan['action'], reasons: string[] = []): StackPlan =>
  ({ services: [{ service: 'traefik', action, reasons }] }) as Partial<StackPlan> as StackPlan;
const publishing = (present: string, desired = present): Publisher =>
  ({ versionsOf: () => ({ present, desired }) }) as Partial<Publisher> as Publisher;
const point = (port: number): string => `entryPoints: {web: {address: ":${port}", reusePort: true}}`;

describe('the note that Traefik runs as root', () => {
  it('names the ports, where a Traefik comes that needs it', () => {
    expect(rootNote(plan('rollout'), publishing(point(8080), point(80)))).toMatch(/web on port 80\./);
    expect(rootNote(plan('create'), publishing(point(80)))).toMatch(/runs as root/);
  });

  it('is not there for others, nor where Traefik stays', () => {
    expect(rootNote(plan('rollout'), publishing(point(1024)))).toBeNull();
    expect(rootNote(plan('none'), publishing(point(80)))).toBeNull();
  });
});

it('without the packet filter a change of user costs a restart, and the plan says so', async () => {
  const docker = {
    listContainers: async () => [],
    packetFilter: async () => ({ available: false, code: 'rootless', reason: 'No filter.', help: '' }),
  };
  const cost = (reasons: string[]): Promise<string | null> =>
    handoverCost({ docker } as never, plan('rollout', reasons), publishing(point(8080)));
  expect(await cost(['image 1 → 2'])).toMatch(/while it starts or closes/);
  expect(await cost(['user'])).toMatch(/another user/);
});
