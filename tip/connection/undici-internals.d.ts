declare module 'undici/lib/core/connect.js' {
	const buildConnector: unknown;
	export default buildConnector;
}
declare module 'undici/lib/dispatcher/pool.js' {
	const Pool: unknown;
	export default Pool;
}
