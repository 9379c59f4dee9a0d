import { describeFault } from './describe-fault';
import type { DockerFault, DockerFaultCode, FaultOf } from './docker-fault';

/**
 * A fault of Docker or of the way to it. `message` is one line that says what happened, `help` one that says what to
 * do.
 */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  readonly help: string;

  constructor(readonly fault: DockerFault) {
    const { message, help } = describeFault(fault);
    super(message);
    this.help = help;
  }

  get code(): DockerFaultCode {
    return this.fault.code;
  }

  /** Narrows an unknown error to one code, with the parts of its fault. */
  static is<Code extends DockerFaultCode>(
    error: unknown,
    code: Code,
  ): error is DockerError & { fault: FaultOf<Code> } {
    return error instanceof DockerError && error.code === code;
  }
}
