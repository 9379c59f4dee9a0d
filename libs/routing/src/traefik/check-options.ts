import { suggest } from '@itsup/config';
import type { CheckOptions } from '@itsup/traefik';
import { parseRule } from '../rule/parse';
import { regexpFlaw } from '../rule/regexp';

/** What Traefik takes in a rule and our parser does not: comments, octal escapes, a comma before a bracket. */
const BEYOND = /\/\/|\/\*|\\[0-7]|,\s*\)/;

/** What the checks of Traefik's configuration need of the other layers. */
export const checkOptions: CheckOptions = {
  suggest,
  regexFlaw: regexpFlaw,
  ruleFlaw: (rule, section) => {
    const parsed = parseRule(rule, section);
    if (!('flaw' in parsed) || BEYOND.test(rule)) return null;
    return `Traefik does not understand the rule \`${rule}\`: ${parsed.flaw.message}`;
  },
};
