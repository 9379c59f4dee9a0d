import { publishedPorts } from './compose-ports';
import { interpolate, type Lookup } from '../yaml/interpolate';
import type { ServiceFacts } from '../model';

/**
 * Every port of the host that a service publishes itself, those that variables decide on included where they come to
 * something: with their defaults, or with the values that `lookup` knows.
 */
export function portsOf(
  service: Pick<ServiceFacts, 'publishedPorts' | 'variablePorts'>,
  lookup: Lookup = () => undefined,
): ServiceFacts['publishedPorts'] {
  const decided = (service.variablePorts ?? []).flatMap(({ text, place }) => {
    const entry = interpolate(text, lookup);
    return entry === null ? [] : publishedPorts(entry).map((published) => ({ ...published, place }));
  });
  return decided.length === 0 ? service.publishedPorts : [...service.publishedPorts, ...decided];
}
