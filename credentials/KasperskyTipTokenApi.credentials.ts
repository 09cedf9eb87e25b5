import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { TOKEN_CREDENTIAL_NAME } from '../nodes/shared/signIn/authentication';
import { signRequest } from '../nodes/shared/signIn/signRequest';

export class KasperskyTipTokenApi implements ICredentialType {
	name = 'kasperskyTipTokenApi';

	displayName = 'Kaspersky TIP Token API';

	icon: Icon = {
		light: 'file:../nodes/KasperskyTip/kasperskyTip.svg',
		dark: 'file:../nodes/KasperskyTip/kasperskyTip.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-kaspersky-tip/n8n-nodes-kaspersky-tip/blob/main/README.md';

	httpRequestNode = {
		name: 'Kaspersky TIP (API Token)',
		docsUrl: 'https://tip.kaspersky.com/help/',
		apiBaseUrl: 'https://tip.kaspersky.com/api/',
	};

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://tip.kaspersky.com',
			required: true,
			description: 'Address of the portal. Change it only if you were given another one.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'API token of your account. It opens Threat Lookup; whether Sandbox and TAE take it is up to your portal. Testing it asks for example.com, which probably counts as one lookup of the day.',
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

	/** For the HTTP Request node and n8n's own helper: the token. */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> =>
		signRequest(requestOptions, credentials, TOKEN_CREDENTIAL_NAME);
}
