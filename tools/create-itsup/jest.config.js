module.exports = { ...require('../../jest.preset.js'), displayName: 'create-itsup' };
