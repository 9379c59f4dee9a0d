import { type DockerSettings } from '../create-docker';
import type { Docker } from '../docker';
export interface FakeAnswer {
    /** Regular expression on the arguments, joined by spaces. */
    match: string;
    stdout?: string;
    stderr?: string;
    exit?: number;
    /** Does not end: `polite` does on SIGTERM, `deaf` on SIGKILL alone. */
    hang?: 'polite' | 'deaf';
    /** Waits for the end of standard input and records it. */
    readInput?: boolean;
}
export interface FakeCall {
    args: string[];
    env: Record<string, string>;
    input?: string;
}
export interface FakeDocker {
    docker: Docker;
    calls(): FakeCall[];
}
/** A Docker whose command is the executable in `__fixtures__`: for what no real engine does on demand. */
export declare function fakeDocker(answers: FakeAnswer[], settings?: Partial<DockerSettings>): FakeDocker;
export declare function removeFakes(): void;
/** The error that a promise rejects with. */
export declare function rejection(promise: Promise<unknown>): Promise<unknown>;
//# sourceMappingURL=fake-docker.d.ts.map