/** Where an object of the dynamic configuration comes from: containers' labels, files, Traefik itself. */
export type Provider = 'docker' | 'file' | 'internal';

/** A name that leads to the object of one provider, wherever it stands: `auth@file`. */
export function qualified(name: string, provider: Provider): string {
  return `${name}@${provider}`;
}

/** A name as it is written, and the provider that it says; null: that of whoever names it. */
export function splitName(reference: string): { name: string; provider: string | null } {
  const at = reference.lastIndexOf('@');
  return at < 0
    ? { name: reference, provider: null }
    : { name: reference.slice(0, at), provider: reference.slice(at + 1) };
}

/** The name of a provider's own object; null: it leads elsewhere, or says no provider. */
export function nameOf(reference: string, provider: Provider): string | null {
  const split = splitName(reference);
  return split.provider === provider ? split.name : null;
}

/** The name with a provider: the given one where it says none. */
export function qualifiedBy(reference: string, own: Provider): string {
  return reference.includes('@') ? reference : qualified(reference, own);
}
