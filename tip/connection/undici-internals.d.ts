declare module 'undici/lib/core/connect.js' {
	const buildConnector: unknown;
	export default buildConnector;
}
declare module 'undici/lib/core/diagnostics.js' {
	const diagnostics: {
		channels: Record<string, { hasSubscribers: boolean; publish(message: unknown): void }>;
	};
	export default diagnostics;
}
declare module 'undici/lib/dispatcher/pool.js' {
	const Pool: unknown;
	export default Pool;
}
