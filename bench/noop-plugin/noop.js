/** Succeeds without doing anything: what is left of a run is Nx's own cost. */
exports.default = async () => ({ success: true });

exports.batch = async function* (taskGraph) {
  for (const task of Object.keys(taskGraph.tasks)) {
    const now = Date.now();
    yield { task, result: { success: true, terminalOutput: '', startTime: now, endTime: now } };
  }
};
