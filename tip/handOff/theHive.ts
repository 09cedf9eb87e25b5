import { isHarmful, withScheme, type Finding } from './finding';

/** An observable as TheHive 5 takes it: `POST /api/v1/case/{id}/observable`, its InputObservable. */
export interface TheHiveObservable {
	dataType: 'hash' | 'ip' | 'domain' | 'url';
	data: string;
	message: string;
	/** Whether it is an indicator of compromise. */
	ioc: boolean;
	/** That the portal knows it does not mean that it was seen here. */
	sighted: false;
	tags: string[];
}

/** A finding as an observable of TheHive 5. TLP and PAP are left to the case it is added to. */
export function toTheHive(finding: Finding): TheHiveObservable {
	const { kind, value, verdict, categories = [], text, link } = finding;
	return {
		dataType: kind,
		data: kind === 'url' ? withScheme(value) : value,
		message: [text, link].filter(Boolean).join('\n\n'),
		ioc: isHarmful(finding),
		sighted: false,
		tags: [
			`kaspersky-tip:verdict="${verdict}"`,
			...categories.map((category) => `kaspersky-tip:category="${category}"`),
		],
	};
}
