import type { ComposeFileObject } from '@itsup/docker';

import type { UpdateOrder } from './update-config';

/** What the model alone cannot say. */
export interface StackChoices {
  /** What a service runs: of a built one Compose names none. */
  image(service: string): string;
  /** Whether a task may run beside the one that it replaces. */
  order(service: string): UpdateOrder;
  /** Name on the engine of a config or secret whose content is the project's: it holds a digest of that. */
  fileObject(kind: FileKind, key: string, object: ComposeFileObject): string;
  /** Labels that a deploy keeps on each service. */
  labels?(service: string): Readonly<Record<string, string>>;
  /** Where a service has to run, beside what its file says. */
  constraints?(service: string): readonly string[];
}

export type FileKind = 'config' | 'secret';
