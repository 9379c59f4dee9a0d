import { helpFor } from './wait-healthy';

const started = [{ name: 'hello-web-1' }];
const EXEC = 'OCI runtime exec failed: exec failed: unable to start container process: exec:';

it.each([
  [
    `hello-web-1 is unhealthy: ${EXEC} "/bin/sh": stat /bin/sh: no such file or directory: unknown`,
    '/bin/sh',
  ],
  [`hello-web-1 is unhealthy: ${EXEC} "curl": executable file not found in $PATH: unknown`, 'curl'],
])('says that the image lacks what the health check runs: %s', (message, program) => {
  expect(helpFor({ message, details: ['a line'] }, started)).toBe(
    `its image has no ${program}, which the health check runs: name a program that it has, or take the check out`,
  );
});

it.each([
  ['hello-web-1 is unhealthy: wget: server returned error: HTTP/1.1 404', ['a line']],
  [`hello-web-1 exited with 1: ${EXEC} "/serve": stat /serve: no such file or directory`, ['a line']],
])('sends to the log for any other reason: %s', (message, details) => {
  expect(helpFor({ message, details }, started)).toBe(
    'its last lines are above; see all that it says with: docker logs hello-web-1',
  );
});
