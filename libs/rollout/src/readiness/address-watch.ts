import { isServing } from '../provider/docker-provider';
import { endsOf } from '../provider/provided-configuration';
import type { Session } from '../pin/session';
import type { ContainerFacts } from '../types';

/**
 * A container that restarts may come back with another address, and the engine gives the old one to somebody else: the
 * pin goes along.
 */
export class AddressWatch {
  readonly ids: string[];
  private known: string;

  /** @param pinned whom the pin leads to now */
  constructor(
    private readonly session: Session,
    pinned: ContainerFacts[],
  ) {
    this.ids = pinned.map(({ id }) => id);
    this.known = this.endsOf(pinned);
  }

  /** Looks at the containers, between two looks of a wait for something else. */
  async look(): Promise<void> {
    await this.follow(await this.session.context.docker.inspect(this.ids));
  }

  /** @param containers as they are now, others among them */
  async follow(containers: ContainerFacts[]): Promise<void> {
    const serving = containers.filter((container) => this.ids.includes(container.id) && isServing(container));
    const ends = this.endsOf(serving);
    if (serving.length === 0 || ends === this.known) return;
    this.known = ends;
    await this.session.repin(serving);
  }

  private endsOf(containers: ContainerFacts[]): string {
    return JSON.stringify(endsOf(this.session.provided(containers)));
  }
}
