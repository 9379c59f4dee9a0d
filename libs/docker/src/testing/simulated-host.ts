import type { Host } from '../host/host';
import type { SimulatedEngine } from './simulated-engine';

/**
 * The host of a simulated engine: it decrypts and runs hooks as the engine is told, and has neither packages nor units.
 */
export function simulatedHost(engine: SimulatedEngine): Host {
  const nothing = async (): Promise<void> => undefined;
  return {
    runHook: (hook) => engine.runHook(hook),
    decrypt: async (_root, file) => {
      engine.decryptions += 1;
      return engine.decrypted.get(file) ?? '';
    },
    installablePackages: async () => ({}),
    refreshPackageLists: nothing,
    installPackages: nothing,
    reloadUnits: nothing,
    unitState: async () => ({ present: false, enabled: false, active: false, nextElapse: null }),
    enableUnit: nothing,
    restartUnit: nothing,
    disableUnit: nothing,
  };
}
