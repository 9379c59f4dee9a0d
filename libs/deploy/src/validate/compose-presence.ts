import type { Problem } from '@itsup/config';
import type { Docker } from '@itsup/docker';

/**
 * Whether Compose is there and of an age to understand what is asked of it. Looked into only after an objection: one
 * that is too old objects to the artifacts' `include`.
 */
export class ComposePresence {
  private asked: Promise<string | null> | null = null;
  private isMissing = false;

  constructor(private readonly docker: Docker) {}

  /** Compose's verdict, or why it can give none. */
  async judge(ask: () => Promise<Problem[]>): Promise<{ problems: Problem[] } | { withoutCompose: string }> {
    const verdict = this.isMissing ? Promise.resolve([]) : ask();
    const isSound = await verdict.then(
      (problems) => problems.length === 0 && !this.isMissing,
      () => false,
    );
    const withoutCompose = isSound ? null : await (this.asked ??= this.look());
    return withoutCompose === null ? { problems: await verdict } : { withoutCompose };
  }

  private async look(): Promise<string | null> {
    const { compose, composeError } = await this.docker.versions();
    this.isMissing = compose === null || composeError !== null;
    return this.isMissing ? (composeError?.message ?? 'Compose is not installed') : null;
  }
}
