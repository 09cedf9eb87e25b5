import type { IDataObject, INode } from 'n8n-workflow';
import type { Portal } from '../portal';
import { chain, itemsOf, runWorkflow, startNode, type RunOptions } from './engine';
import { fromSources, tipNode, type RescanResult } from './rescanWorkflow';

const NODE = 'Lookup';

export interface LookupRun {
	portal: Portal;
	/** Default: the indicator is the item's `indicator`. */
	parameters?: IDataObject;
	/** Each as an item's `indicator`. */
	indicators?: unknown[];
	settings?: Partial<INode>;
	/** Laid over the credentials of the portal. */
	certificate?: Record<string, string>;
	token?: Record<string, string>;
	openTip?: Record<string, string>;
	onStart?: RunOptions['onStart'];
}

/** Start → Kaspersky TIP (Threat Lookup), in n8n's engine, with a credential of either type. */
export async function runLookup({
	portal,
	parameters,
	indicators = ['bad.example.com'],
	settings,
	certificate,
	token,
	openTip,
	onStart,
}: LookupRun): Promise<RescanResult> {
	const node = tipNode(
		{
			resource: 'lookup',
			operation: 'indicator',
			indicator: '={{ $json.indicator }}',
			...parameters,
		},
		{
			credentials: {
				kasperskyTipApi: { id: 'kasperskyTipApi', name: 'Certificate' },
				kasperskyTipTokenApi: { id: 'kasperskyTipTokenApi', name: 'Token' },
				kasperskyOpenTipApi: { id: 'kasperskyOpenTipApi', name: 'OpenTIP' },
			},
			...settings,
		},
		NODE,
	);
	const run = await runWorkflow(
		{ nodes: [startNode(), node], connections: chain('Start', NODE) },
		{
			installed: fromSources,
			credentials: {
				kasperskyTipApi: { ...portal.credential, ...certificate },
				kasperskyTipTokenApi: { ...portal.tokenCredential, ...token },
				kasperskyOpenTipApi: { ...portal.openTipCredential, ...openTip },
			},
			items: indicators.map((indicator) => ({ json: { indicator } as IDataObject })),
			onStart,
		},
	);
	return {
		run,
		items: itemsOf(run, NODE),
		errorItems: itemsOf(run, NODE, 1),
		error: run.data.resultData.error as RescanResult['error'],
	};
}
