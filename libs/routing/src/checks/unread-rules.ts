import type { Place, Problem, Settings } from '@itsup/config';
import { isCheckedVersion, labelFields, oldRule } from '@itsup/traefik';
import type { Lookups } from '../conflicts/circumstances';
import { writtenRouters } from '../conflicts/claim/claims';
import type { RoutedProject } from '../conflicts/conflict';
import { writtenLabels, type LabelRouter } from '../labels/label-routers';
import type { Route } from '../model';
import { isBeyondParser, parseRule, type Rule } from '../rule/parse';
import { isTooLarge } from '../rule/regexp';
import { expressionsOf } from '../rule/terms';
import { isOldSyntax } from './written-problems';

/**
 * Rules in labels, and of rows, that Traefik may read and nothing here can: what they take from others is not known.
 * Those in labels that Traefik refuses itself are problems of their labels, as long as its version is the one whose
 * syntax is known.
 */
export function unreadRules(
  each: RoutedProject,
  settings: Settings,
  lookups: Lookups = () => undefined,
): Problem[] {
  return [
    ...each.routing.routes.flatMap(ofRow),
    ...writtenRouters(each, settings, lookups).flatMap((router) => ofLabel(each, router, settings, lookups)),
  ];
}

/** What a row says is checked with it, but for the length of what comes of its names. */
function ofRow({ project, place, kind, routers }: Route): Problem[] {
  if (kind === 'udp') return [];
  return Object.values(routers).flatMap(({ rule = '' }): Problem[] => {
    const parsed = rule === '' ? null : parseRule(rule, kind);
    if (parsed === null) return [];
    if ('rule' in parsed) return largeExpressions(parsed.rule, 'the rule of the row', place, project);
    return [
      {
        code: 'rule-not-compared',
        severity: 'error',
        message: `the rule of the row cannot be compared with what other projects claim: ${parsed.flaw.message}`,
        help: 'divide its names among several rows',
        place,
        project,
      },
    ];
  });
}

/** Expressions that only Traefik is to read: no other project asks for what they look at. */
function largeExpressions(rule: Rule, subject: string, place: Place | null, project: string): Problem[] {
  return expressionsOf(rule)
    .filter(isTooLarge)
    .map((text) => ({
      code: 'expression-not-checked',
      severity: 'note',
      message: `${subject} has an expression of ${text.length} characters, which is too large to be checked here`,
      help: 'Traefik leaves out the router if it cannot read it, which its log says; shorter ones are checked',
      ...(place ? { place } : {}),
      project,
    }));
}

function ofLabel(
  { project }: RoutedProject,
  { kind, name, router, service, place, isOpen }: LabelRouter,
  settings: Settings,
  lookups: Lookups,
): Problem[] {
  const { rule = '' } = router;
  if (kind === 'udp' || isOpen || rule === '') return [];
  const parsed = parseRule(rule, kind);
  if ('rule' in parsed)
    return largeExpressions(
      parsed.rule,
      `service ${service}: the rule of router ${name}`,
      place,
      project.name,
    );
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
      help: 'write it without comments, numeric escapes and needless commas, with matchers of Traefik 3 alone; divide a long one among several routers',
      ...(place ? { place } : {}),
      project: project.name,
    },
  ];
}
