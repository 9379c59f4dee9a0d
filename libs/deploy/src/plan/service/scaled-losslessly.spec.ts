import type { DesiredService, ServicePlan } from '../model';
import { isScaledLosslessly } from '../order/operations';

function scaled(service: Partial<DesiredService>, plan: Partial<ServicePlan> = {}): boolean {
  const name = 'web';
  return isScaledLosslessly({ service: name, action: 'scale', replicas: 1, ...plan } as ServicePlan, {
    services: [{ name, mayFinish: true, aspects: {}, ...service } as DesiredService],
  });
}

describe('a change of the number of containers', () => {
  it('goes through the pin for what is to stay up', () => {
    expect(scaled({ mayFinish: false })).toBe(true);
  });

  it("goes through the pin for what Traefik leads to, with Compose's default restart policy as well", () => {
    expect(scaled({ aspects: { command: 'x', 'label traefik.enable': 'y' } })).toBe(true);
  });

  it('does not for a job, which serves nobody', () => {
    expect(scaled({ aspects: { command: 'x', 'label backup': 'y' } })).toBe(false);
  });

  it('does not when none is to be left, or something else happens', () => {
    expect(scaled({ mayFinish: false }, { replicas: 0 })).toBe(false);
    expect(scaled({ mayFinish: false }, { action: 'start' })).toBe(false);
  });
});
