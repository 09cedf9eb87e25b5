/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	// n8n-core touches globals after a file ends; the clean-up would only warn of it.
	testEnvironmentOptions: { globalsCleanup: 'off' },
	roots: ['<rootDir>/test'],
	testMatch: ['**/test/{unit,engine,package}/**/*.test.ts'],
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{ jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
		],
	},
	setupFiles: ['<rootDir>/test/setup.js'],
	// All cores: with two, Jest alone would use one. A worker that has grown is followed by a fresh one,
	// since garbage is collected in time that grows with what is kept.
	maxWorkers: '100%',
	workerIdleMemoryLimit: '512MB',
	reporters: ['default', '<rootDir>/test/closingLine.js'],
	// Generous: the only use of a time limit here is to end what hangs.
	testTimeout: 600_000,
};
