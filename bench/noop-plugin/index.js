const { createNodes, createDependencies } = require('itsup');

const [files, infer] = createNodes;

/** The product's own inference with every executor replaced: the same workspace, doing nothing. */
exports.createNodes = [
  files,
  async (...args) => {
    const nodes = await infer(...args);
    for (const [, { projects }] of nodes) {
      for (const project of Object.values(projects ?? {})) {
        for (const target of Object.values(project.targets ?? {})) target.executor = 'itsup-noop:noop';
      }
    }
    return nodes;
  },
];
exports.createDependencies = createDependencies;
