import type { ComposeService } from './compose-model';

/** A service whose container another one's uses. */
export interface HangsOn {
  service: string;
  by: 'network' | 'ipc' | 'pid' | 'volumes';
}

/** Services whose container this one's uses: Compose resolves them to ids when it makes the container. */
export function hangsOnOf({
  network_mode: network,
  ipc,
  pid,
  volumes_from: volumes = [],
}: ComposeService): HangsOn[] {
  const modes = [
    ['network', network],
    ['ipc', ipc],
    ['pid', pid],
  ] as const;
  return [
    ...modes.flatMap(([by, mode]): HangsOn[] => {
      const service = /^service:(.+)$/.exec(mode ?? '')?.[1];
      return service === undefined ? [] : [{ service, by }];
    }),
    ...volumes.flatMap((text): HangsOn[] => {
      const [service = ''] = text.split(':');
      return service === 'container' || service === '' ? [] : [{ service, by: 'volumes' }];
    }),
  ];
}
