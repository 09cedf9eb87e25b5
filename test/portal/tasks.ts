import { assumed } from './assumed';

/**
 * Tasks the portal knows, with the status a rescan of them is answered with. Any id is known
 * (200), except those whose beginning says otherwise (`missing-` 404, `legal-` 451, `forbidden-`
 * 403) and those set here. With `onlyThese`, ids not set here are 404.
 */
export class TaskBook extends Map<string, number> {
	onlyThese = false;

	statusOf(taskId: string): number {
		const own = this.size > 0 ? this.get(taskId) : undefined;
		if (own !== undefined) return own;
		if (this.onlyThese) return 404;
		for (const prefix in assumed.taskPrefixes) {
			if (taskId.startsWith(prefix)) return assumed.taskPrefixes[prefix] ?? 200;
		}
		return 200;
	}
}
