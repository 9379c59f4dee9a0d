import type { ComposeService } from '../compose/compose-model';
import { sha256 } from './sha256';

/** The config hash of a service. Compose's own leaves these keys out too. */
export function configHash(service: ComposeService): string {
  const { build: _build, scale: _scale, pull_policy: _policy, deploy: _deploy, ...hashed } = service;
  return sha256(JSON.stringify(hashed));
}
