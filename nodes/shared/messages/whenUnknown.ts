import type { Facts } from '../../../tip/values/error';

/** What to do about a request of which nobody knows what the portal did with it. */
export function whenUnknown({ about, safe }: Facts): string {
	if (safe === true) return 'Run it again.';
	if (about === 'upload') {
		return 'The file may have been handed in, and it is not handed in again on its own. Ask for its hash with the operation Get Result before you run it again.';
	}
	return about === 'rescan'
		? 'The portal may have started the rescan, and it is not repeated on its own. Look the task up in the portal before you run it again.'
		: 'It is not repeated on its own. Look the task up in the portal before you run it again.';
}

/** The same, said of what happened: nothing for a request that changes nothing. */
export function andIsUnknown({ safe }: Facts): string {
	return safe === true ? '' : '; what the portal did is unknown';
}
