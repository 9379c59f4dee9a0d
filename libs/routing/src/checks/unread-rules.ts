import type { Problem, Settings } from '@itsup/config';
import { isCheckedVersion, labelFields, oldRule } from '@itsup/traefik';
import type { Lookups } from '../conflicts/circumstances';
import { writtenRouters } from '../conflicts/claim/claims';
import type { RoutedProject } from '../conflicts/conflict';
import { writtenLabels } from '../labels/label-routers';
import { isBeyondParser, parseRule } from '../rule/parse';
import { isOldSyntax } from './written-problems';

/**
 * Rules in labels that Traefik may read and nothing here can: what they take from others is not known. Those that
 * Traefik refuses itself are problems of their labels, as long as its version is the one whose syntax is known.
 */
export function unreadRules(
  each: RoutedProject,
  settings: Settings,
  lookups: Lookups = () => undefined,
): Problem[] {
  const { project } = each;
  return writtenRouters(each, settings, lookups).flatMap(
    ({ kind, name, router, service, place, isOpen }): Problem[] => {
      const { rule = '' } = router;
      if (kind === 'udp' || isOpen || rule === '') return [];
      const parsed = parseRule(rule, kind);
      if (!('flaw' in parsed)) return [];
      const isToldOfLabel = !isBeyondParser(rule) && oldRule(rule) === null;
      if (isToldOfLabel && isCheckedVersion(settings.versions.traefik)) return [];
      const facts = project.compose?.services.find((one) => one.name === service);
      const fields = facts ? labelFields(writtenLabels(facts, lookups(project.name)).labels) : [];
      if (fields.some((field) => field.name === name && isOldSyntax(field))) return [];
      return [
        {
          code: 'rule-not-compared',
          severity: 'error',
          message: `service ${service}: the rule of router ${name} cannot be compared with what other projects claim: ${parsed.flaw.message}`,
          help: 'write it without comments, numeric escapes and needless commas, with matchers of Traefik 3 alone',
          ...(place ? { place } : {}),
          project: project.name,
        },
      ];
    },
  );
}
