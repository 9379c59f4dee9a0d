import { describeFault } from './describe-fault';
import type { DockerFault, DockerFaultCode, FaultOf } from './docker-fault';

/** A fault of Docker or of the way to it. `message` is one line that says what happened, `help` one that says what to do. */
export class DockerError<Code extends DockerFaultCode = DockerFaultCode> extends Error {
  override readonly name = 'DockerError';
  readonly code: Code;
  readonly help: string;

  constructor(readonly fault: FaultOf<Code>) {
    const { message, help } = describeFault(fault as DockerFault);
    super(message);
    this.code = fault.code as Code;
    this.help = help;
  }

  /** Narrows an unknown error to one code, with the parts of its fault. */
  static is<Code extends DockerFaultCode>(error: unknown, code: Code): error is DockerError<Code> {
    return error instanceof DockerError && error.code === code;
  }
}
