import type { ComposeModel } from '@itsup/docker';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The reference of a service's image: its own, or the one that Compose gives to what it builds (`GetImageNameOrDefault`
 * and `StringToBool` of its source; `docker compose config --images` prints the same).
 *
 * @param environment what Compose interpolates from, `.env` included
 */
export function imageNameOf(name: string, model: ComposeModel, environment: Environment): string {
  const { COMPOSE_COMPATIBILITY: compatibility = '' } = environment;
  const separator = /^(?:1|t|true|y)$/i.test(compatibility.trim()) ? '_' : '-';
  return model.services[name]?.image ?? `${model.name}${separator}${name}`;
}
