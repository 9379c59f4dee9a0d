import type { ComposeFacts, ServiceFacts } from '../model';

/** Whether the service runs with the profiles that the project's `.env` activates; `*` is all of them. */
export function isActive(
  { activeProfiles = [] }: Pick<ComposeFacts, 'activeProfiles'>,
  { profiles }: Pick<ServiceFacts, 'profiles'>,
): boolean {
  return (
    profiles.length === 0 ||
    activeProfiles.includes('*') ||
    profiles.some((profile) => activeProfiles.includes(profile))
  );
}
