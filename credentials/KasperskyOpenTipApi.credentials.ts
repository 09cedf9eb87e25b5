import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { OPENTIP_CREDENTIAL_NAME } from '../nodes/shared/signIn/authentication';
import { signRequest } from '../nodes/shared/signIn/signRequest';

export class KasperskyOpenTipApi implements ICredentialType {
	name = 'kasperskyOpenTipApi';

	displayName = 'Kaspersky OpenTIP API';

	icon: Icon = {
		light: 'file:../nodes/KasperskyTip/kasperskyTip.svg',
		dark: 'file:../nodes/KasperskyTip/kasperskyTip.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-kaspersky-tip/n8n-nodes-kaspersky-tip/blob/main/README.md';

	httpRequestNode = {
		name: 'Kaspersky OpenTIP (Free)',
		docsUrl: 'https://opentip.kaspersky.com/Help/Doc_data/WorkingWithAPI.htm',
		apiBaseUrl: 'https://opentip.kaspersky.com/api/v1/',
	};

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://opentip.kaspersky.com',
			required: true,
			description:
				'Address of OpenTIP, the free side of the portal. Change it only if a gateway stands before it.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Free API token: sign in at opentip.kaspersky.com/token and request one. It is valid for a year at most. Testing it asks for example.com, which probably counts as one request of the day.',
		},
		// A certificate is public; who pastes one wants to see what it is.
		// eslint-disable-next-line @n8n/community-nodes/credential-password-field
		{
			displayName: 'CA Certificate',
			name: 'caCertificate',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE----- …',
			description:
				'Only when your network inspects TLS: PEM of the authority that signs for the portal there. When set, only this authority is trusted.',
		},
	];

	/** For the HTTP Request node and n8n's own helper: the token under `x-api-key`. */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> =>
		signRequest(requestOptions, credentials, OPENTIP_CREDENTIAL_NAME);
}
