/**
 * The stand-in portal: a real HTTPS server on loopback that behaves as the vendor's help pages say,
 * with faults on demand. Start with `startPortal()`; see `portal.ts`.
 */
export { startPortal, Portal, type PortalOptions } from './portal';
export { startPortalProcess, type PortalProcess, type PortalProcessOptions } from './process';
export { startProxy, Proxy, type ProxyOptions, type RecordedConnect } from './proxy';
export {
	createCertificates,
	sharedCertificates,
	type IssueOptions,
	type IssuedCertificate,
	type PortalCertificates,
} from './certificates';
export type { ConnectionFault, ConnectionInfo, Step } from './faults';
export type { Engine, RecordedRequest, RequestMatch } from './records';
export { assumed } from './assumed';
export { startRelay, type Relay } from './relay';
