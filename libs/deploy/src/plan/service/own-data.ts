import type { DesiredStack, ObservedContainer } from '../model';

/**
 * The same stack, where no service is rolled whose containers have data of their own: in a volume without a name, as
 * the image's `VOLUME` makes one. Compose hands such a volume on to the container that it makes in place of another; a
 * second container beside it would start with none. `x-itsup: {rollout: true}` rolls it all the same.
 *
 * @param containers of the stack, among others
 * @param except service that has a way of its own to be replaced
 */
export function keepingOwnData(
  desired: DesiredStack,
  containers: readonly ObservedContainer[],
  except: string | null,
): DesiredStack {
  const withData = new Set(
    containers
      .filter(
        ({ projectName, hasAnonymousVolume }) => projectName === desired.projectName && hasAnonymousVolume,
      )
      .map(({ service }) => service),
  );
  withData.delete(except ?? '');
  if (withData.size === 0) return desired;
  const services = desired.services.map((service) =>
    withData.has(service.name) && service.notRolled.length === 0 && !service.isRolloutAsked
      ? { ...service, notRolled: ['its data is in an anonymous volume'] }
      : service,
  );
  return { ...desired, services };
}
