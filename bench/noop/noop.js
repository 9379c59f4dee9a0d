/** Takes the place of every executor of the plugin: what is left of a run is Nx's own cost and the inference's. */
exports.default = async () => ({ success: true });

exports.batch = async function* (taskGraph) {
  for (const task of Object.keys(taskGraph.tasks)) {
    const now = Date.now();
    yield { task, result: { success: true, terminalOutput: '', startTime: now, endTime: now } };
  }
};
