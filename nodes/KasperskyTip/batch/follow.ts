import { setMaxListeners } from 'node:events';

/** A signal that follows another, so that one listener stands there and not one per item. */
export function follow(source: AbortSignal | undefined) {
	const controller = new AbortController();
	setMaxListeners(0, controller.signal);
	const abort = () => controller.abort();
	if (source?.aborted) abort();
	source?.addEventListener('abort', abort, { once: true });
	return {
		signal: controller.signal,
		abort,
		unfollow: () => source?.removeEventListener('abort', abort),
	};
}
