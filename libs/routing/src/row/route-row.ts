import { isRuleText, routeKindOf, type IngressRow } from '@itsup/config';
import { oldRule } from '@itsup/traefik';
import type { Route } from '../model';
import { parseRule } from '../rule/parse';
import { checkTarget } from './check-target';
import { checkValues } from './check-values';
import { report, type RowContext } from './context';
import { httpRoute } from './http-route';
import { checkTrustedSources } from './trusted-sources';
import { tcpRoute } from './tcp-route';
import { udpRoute } from './udp-route';

/** Turns one row into its route, or reports why it cannot become one. */
export function routeRow(row: IngressRow, name: string, context: RowContext): Route | null {
  const sound = [checkValues(row, context), checkTarget(row, context), checkKind(row, context)].every(
    Boolean,
  );
  if (!sound || !checkHost(row, context)) return null;
  checkTrustedSources(row, context);
  switch (routeKindOf(row)) {
    case 'http':
      return httpRoute(row, name, context);
    case 'tcp':
      return tcpRoute(row, name, context);
    case 'udp':
      return udpRoute(row, name, context);
  }
}

/** Traefik of a swarm has a loopback of its own, where nobody is. */
function checkHost(row: IngressRow, context: RowContext): boolean {
  const { host, kind } = context.project;
  if (context.settings.engine !== 'swarm' || kind !== 'external' || host === null) return true;
  if (!/^(localhost|127\.[\d.]+|::1)$/i.test(host)) return true;
  report(context, row, {
    code: 'loopback-on-a-swarm',
    message: `with \`engine: swarm\` Traefik is not in this host's network, so ${host} leads to nobody`,
    help: `let the program listen on an address of this host, and write that as \`host\``,
  });
  return false;
}

function checkKind(row: IngressRow, context: RowContext): boolean {
  const kind = routeKindOf(row);
  if (row.router === 'http' && row.protocol === 'udp') {
    report(context, row, {
      key: 'protocol',
      code: 'protocol-mismatch',
      message: 'protocol: udp contradicts router: http, which is the default',
      help: 'write router: udp',
    });
    return false;
  }
  if (row.rule === null || kind === 'udp') return true;
  const result = isRuleText(row.rule)
    ? parseRule(row.rule, kind)
    : { flaw: { message: 'it has to be one line, without {{ or }}', offset: 0 } };
  if ('rule' in result) {
    const old = oldRule(row.rule);
    if (old !== null) report(context, row, { key: 'rule', code: 'old-rule', severity: 'warning', ...old });
    return true;
  }
  report(context, row, {
    key: 'rule',
    code: 'invalid-rule',
    message: `the rule does not parse at character ${result.flaw.offset + 1}: ${result.flaw.message}`,
  });
  return false;
}
