import { Interrupted } from '../procedure/rollout-error';
import type { Session } from '../pin/session';
import type { ContainerFacts } from '../types';
import type { Hold } from './hold';

/**
 * Once Traefik sees that the old containers are gone, the pin goes one below their route: when this process is killed,
 * the new container's route wins by itself as soon as the engine calls it healthy. Without a health check it would win
 * before the application listens, and so the pin stays above. Nobody waits for it, and none of it goes on once it was
 * ended: a Traefik that is slow, and a container with the address of the old one, never look gone.
 */
export class PinBelow {
  private readonly enough = new AbortController();
  private readonly done: Promise<void>;

  constructor(session: Session, hold: Hold, old: ContainerFacts[]) {
    this.done = this.put(
      session.with(AbortSignal.any([session.signal, this.enough.signal])),
      hold,
      old,
    ).catch((error: unknown) => {
      if (error instanceof Interrupted) return;
      const reason = error instanceof Error ? error.message : String(error);
      session.note(`a deploy that is killed now leaves ${session.subject.service} unserved: ${reason}`);
    });
  }

  /** Resolves when nothing of it goes on. */
  end(): Promise<void> {
    this.enough.abort();
    return this.done;
  }

  private async put(session: Session, hold: Hold, old: ContainerFacts[]): Promise<void> {
    await session.awaitUnled('recreate', old);
    await session.pinInManner('recreate', hold.configuration(old), { connections: 'listener', below: true });
  }
}
