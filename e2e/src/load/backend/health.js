'use strict';
/* Health check of the backend: exit code 0 when it says that it is ready. */
fetch('http://127.0.0.1:9999/')
  .then(async (response) => {
    console.log(await response.text());
    process.exit(response.ok ? 0 : 1);
  })
  .catch((error) => {
    console.log(String(error.cause ?? error));
    process.exit(1);
  });
