import type { RolloutLimits } from '../types';

export const defaultLimits: RolloutLimits = {
  ackInterval: 25,
  ackTimeout: 30_000,
  ackMargin: 50,
  healthInterval: 100,
  startAllowance: 60_000,
  stability: 2_000,
  portTimeout: 10_000,
  providerTimeout: 30_000,
  engineTimeout: 60_000,
  interruptTimeout: 2_500,
};
