/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/test/{unit,engine,package}/**/*.test.ts'],
	transform: {
		'\\.(ts|m?js)$': [
			'@swc/jest',
			{ jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
		],
	},
	// proxy-from-env ships as an ES module only.
	transformIgnorePatterns: ['/node_modules/(?!proxy-from-env/)'],
	setupFiles: ['<rootDir>/test/setup.js'],
	reporters: ['default', '<rootDir>/test/closingLine.js'],
	testTimeout: 30_000,
};
