import type { ComposeService } from '@itsup/docker';

/** Compose prints its model as it would read it again: a dollar sign doubled. */
export function asMeant(text: string): string {
  return text.replaceAll('$$', '$');
}

/** The variables of a service or a hook, as a container gets them. */
export function environmentOf({ environment }: Pick<ComposeService, 'environment'>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [[name, asMeant(value)]],
    ),
  );
}
