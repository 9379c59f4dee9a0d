import type { DesiredService } from '../plan/model';

/**
 * New services in the order in which they are made: those of a wave depend on earlier ones alone. `docker stack deploy`
 * makes all at once, in no order, and waits for nothing. A circle, which Compose refuses, ends in the last wave.
 *
 * @param created names of the services that are new
 */
export function wavesOf(desired: readonly DesiredService[], created: ReadonlySet<string>): string[][] {
  const waves: string[][] = [];
  const made = new Set(desired.map(({ name }) => name).filter((name) => !created.has(name)));
  let open = desired.filter(({ name }) => created.has(name));
  while (open.length > 0) {
    const free = open.filter(({ dependsOn }) => dependsOn.every(({ service }) => made.has(service)));
    const wave = (free.length > 0 ? free : open).map(({ name }) => name);
    waves.push(wave);
    wave.forEach((name) => made.add(name));
    open = open.filter(({ name }) => !made.has(name));
  }
  return waves;
}
