import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

// The package bundles its own transport, so it is one for self-hosted n8n: the rules for Cloud
// (no Node modules, no timers) can't apply to it. All others do.
const communityNodes = n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport;

const PACKAGE_SOURCES = ['tip/**/*.ts', 'nodes/**/*.ts', 'credentials/**/*.ts'];

/** What each room of `tip/` may import besides itself (CONTRIBUTING.md, "The house"). */
const ROOMS = {
	values: [],
	identity: ['values'],
	connection: ['identity', 'values'],
	tasks: ['values'],
	portal: ['connection', 'identity', 'values'],
	lookup: ['portal', 'values'],
	reports: ['portal', 'values'],
	handOff: ['values'],
	openTip: ['portal', 'values'],
};

/** The floors of the house: an import never goes up. */
const FLOORS = [
	{
		target: './tip',
		from: ['./nodes', './credentials'],
		message: 'tip/ is the ground floor: it knows nothing of n8n.',
	},
	...Object.entries(ROOMS).map(([room, below]) => ({
		target: `./tip/${room}`,
		from: Object.keys(ROOMS)
			.filter((other) => other !== room && !below.includes(other))
			.map((other) => `./tip/${other}`),
		message: `tip/${room} may import ${below.join(', ') || 'no other room'}.`,
	})),
	{
		target: './nodes/shared',
		from: ['./nodes/KasperskyTip', './nodes/KasperskyTipTrigger', './credentials'],
		message: 'What all nodes share knows none of them.',
	},
	{
		target: './nodes/KasperskyTip/resources',
		from: ['./nodes/KasperskyTip/batch'],
		message:
			'An operation describes one request; how a batch is worked through is not its business.',
	},
	{
		target: ['resources', 'batch'].map((folder) => `./nodes/KasperskyTip/${folder}`),
		from: ['KasperskyTip.node', 'listSearch'].map((file) => `./nodes/KasperskyTip/${file}.ts`),
		message: 'What a person sees imports this folder, not the other way round.',
	},
	{
		target: './nodes/KasperskyTipTrigger',
		from: './nodes/KasperskyTip',
		message: 'What two nodes share is in nodes/shared.',
	},
	{
		target: './credentials',
		from: ['./nodes/KasperskyTip', './nodes/KasperskyTipTrigger'],
		message: 'What credentials share with the nodes is in nodes/shared.',
	},
	{
		target: './nodes',
		from: './credentials',
		message: 'Nodes name a credential by its type; they do not import it.',
	},
	{
		target: PACKAGE_SOURCES.map((glob) => `./${glob}`),
		from: ['./test', './bench', './examples'],
		message: 'What is published does not depend on what is not.',
	},
];

export default tseslint.config(
	{ ignores: ['dist', 'artifacts', 'node_modules', 'coverage'] },
	{
		files: ['**/*.ts'],
		extends: [
			js.configs.recommended,
			tseslint.configs.strict,
			importX.flatConfigs.recommended,
			importX.flatConfigs.typescript,
		],
		settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
		rules: {
			'no-console': 'error',
			// Control characters are what the code that cleans foreign text has to name.
			'no-control-regex': 'off',
			// With noUncheckedIndexedAccess, `!` states what a loop's bounds have already shown.
			'@typescript-eslint/no-non-null-assertion': 'off',
			'@typescript-eslint/consistent-type-imports': 'error',
			'import-x/no-cycle': ['error', { ignoreExternal: true }],
			'import-x/order': ['error', { groups: [['builtin', 'external'], 'parent', 'sibling'] }],
			// The type check knows all members of a namespace.
			'import-x/namespace': 'off',
			// undici is CommonJS; its modules behind the index have no named exports to look up.
			'import-x/default': 'off',
			'import-x/no-named-as-default-member': 'off',
		},
	},
	{
		files: PACKAGE_SOURCES,
		extends: [communityNodes],
		plugins: { regexp },
		languageOptions: { parserOptions: { projectService: true } },
		rules: {
			// Answers, credentials and items are foreign text: what reads them takes time in its length only.
			'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
			'regexp/no-super-linear-move': ['error', { report: 'potential' }],
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			'import-x/no-restricted-paths': ['error', { zones: FLOORS }],
		},
	},
	{
		files: ['credentials/**/*.ts', 'nodes/**/*.ts', 'tip/**/*.ts'],
		rules: {
			'no-restricted-properties': [
				'error',
				{ object: 'URL', property: 'canParse', message: 'See parseUrl in tip/values/url.ts.' },
			],
		},
	},
	{
		files: ['tip/**/*.ts'],
		rules: {
			'no-restricted-imports': [
				'error',
				{ patterns: [{ group: ['n8n-*', '@n8n/*'], message: 'tip/ knows nothing of n8n.' }] },
			],
			// That rule is about n8n's error classes, which this floor must not know: it has its own.
			'@n8n/community-nodes/require-node-api-error': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts', 'nodes/**/*.ts', 'package.json'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			// For n8n's own packages, whose documentation addresses are slugs.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// These two want the string 'main', which the community rules refuse.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			// It is about `limit`; here a maximum is the portal's own bound.
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
	{
		files: ['package.json'],
		extends: [communityNodes],
		rules: n8nNodesBase.configs.community.rules,
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { extraFileExtensions: ['.json'] },
		},
	},
	{
		files: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts'],
		rules: { 'no-console': 'off' },
	},
	{
		files: ['test/**/*.ts'],
		rules: { '@typescript-eslint/no-dynamic-delete': 'off' },
	},
);
