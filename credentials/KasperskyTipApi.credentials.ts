import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { CREDENTIAL_NAME } from '../nodes/shared/signIn/authentication';
import { signRequest } from '../nodes/shared/signIn/signRequest';

export class KasperskyTipApi implements ICredentialType {
	name = 'kasperskyTipApi';

	displayName = 'Kaspersky TIP API';

	icon: Icon = {
		light: 'file:../nodes/KasperskyTip/kasperskyTip.svg',
		dark: 'file:../nodes/KasperskyTip/kasperskyTip.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-kaspersky-tip/n8n-nodes-kaspersky-tip/blob/main/README.md';

	httpRequestNode = {
		name: 'Kaspersky TIP',
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
			displayName: 'Username',
			name: 'username',
			type: 'string',
			default: '',
			required: true,
			description: 'User name of an account of type FULL or API',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
		{
			displayName: 'Client Certificate',
			name: 'certificate',
			type: 'string',
			typeOptions: { password: true, rows: 6 },
			default: '',
			required: true,
			placeholder: '-----BEGIN CERTIFICATE----- … with the private key, or a PFX in base64: MII…',
			description:
				'The certificate with its private key: PEM in any order, or the PFX file from Kaspersky as base64 text',
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only when the private key is encrypted, or for a PFX: the certificate password',
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

	/** For the HTTP Request node and n8n's own helper: Basic and the client certificate. */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => signRequest(requestOptions, credentials, CREDENTIAL_NAME);
}
