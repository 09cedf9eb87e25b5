import type { Facts, TipError } from '../../../tip/values/error';

/** The portal's own words, as a sentence that names it. */
export function itSays({ code, errorId, portalDescription }: TipError): string {
	// The status of an envelope is in the headline already.
	const words = code === 'portal.refused' ? [portalDescription] : [errorId, portalDescription];
	const said = words.filter(Boolean).join(': ');
	return said === '' ? '' : `The portal says: ${/[.!?…]$/.test(said) ? said : `${said}.`}`;
}

/** Where the credential's address has a path of its own, that may be what is wrong. */
export function pathOf({ basePath }: Facts): string {
	return basePath === undefined || basePath === ''
		? ''
		: ` 'Base URL' in the credential ends in '${basePath}': check that the portal is there.`;
}
