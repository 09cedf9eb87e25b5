import { flatten, type Step } from './faults';
import type { RecordedRequest, RequestMatch } from './records';

interface Script {
	matches(request: RecordedRequest): boolean;
	steps: Step[];
}

/** The queue of scripted answers. Scripts by task id are found without a search. */
export class Scripts {
	private readonly byTask = new Map<string, Step[]>();
	private others: Script[] = [];

	add(match: RequestMatch, steps: Step[]): void {
		const flat = steps.map(flatten);
		if (flat.slice(0, -1).some((step) => step.repeat)) {
			throw new Error('Only the last step of a script may repeat');
		}
		if (typeof match === 'string') {
			this.byTask.set(match, [...(this.byTask.get(match) ?? []), ...flat]);
		} else {
			const matches = typeof match === 'function' ? match : test(match);
			this.others.push({ matches, steps: flat });
		}
	}

	/** The step this request takes, off the front of the first script that matches. */
	next(request: RecordedRequest): Step | undefined {
		if (this.byTask.size > 0 && request.taskId !== undefined) {
			const steps = this.byTask.get(request.taskId);
			if (steps) {
				const step = take(steps);
				if (steps.length === 0) this.byTask.delete(request.taskId);
				return step;
			}
		}
		for (const script of this.others) {
			if (script.steps[0]?.early || !script.matches(request)) continue;
			const step = take(script.steps);
			if (script.steps.length === 0) this.others = this.others.filter((one) => one !== script);
			return step;
		}
		return undefined;
	}

	/** The step a request takes before its body is here, if a script says so. */
	nextEarly(request: RecordedRequest): Step | undefined {
		const script = this.others.find((one) => one.steps[0]?.early && one.matches(request));
		return script && take(script.steps);
	}

	clear(): void {
		this.byTask.clear();
		this.others = [];
	}
}

const test = (pattern: RegExp) => (request: RecordedRequest) => request.path.search(pattern) >= 0;
const take = (steps: Step[]) => (steps[0]?.repeat ? steps[0] : steps.shift());
