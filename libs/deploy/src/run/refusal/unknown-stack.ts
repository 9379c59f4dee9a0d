import type { Problem } from '@itsup/config';

import { PROXY_STACK } from '../../requests';

export function unknownStack(stack: string): Problem {
  return {
    code: 'unknown-stack',
    severity: 'error',
    project: stack,
    message: `there is no project ${stack}`,
    help: `its folder would be projects/${stack}; the proxy's name is ${PROXY_STACK}`,
  };
}
