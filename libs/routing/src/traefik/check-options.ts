import { suggest } from '@itsup/config';
import type { CheckOptions } from '@itsup/traefik';
import { isBeyondParser, parseRule } from '../rule/parse';
import { regexpFlaw } from '../rule/regexp';

/** What the checks of Traefik's configuration need of the other layers. */
export const checkOptions: CheckOptions = {
  suggest,
  regexFlaw: regexpFlaw,
  ruleFlaw: (rule, section) => {
    const parsed = parseRule(rule, section);
    if (!('flaw' in parsed) || isBeyondParser(rule)) return null;
    return `Traefik does not understand the rule \`${rule}\`: ${parsed.flaw.message}`;
  },
};
