/** Timers that all end when the portal closes, so that nothing outlives a test. */
export class Clock {
	private readonly timeouts = new Set<NodeJS.Timeout>();
	private readonly intervals = new Set<NodeJS.Timeout>();

	after(ms: number, action: () => void): void {
		const timeout = setTimeout(() => {
			this.timeouts.delete(timeout);
			action();
		}, ms);
		this.timeouts.add(timeout);
	}

	/** Returns what stops it. */
	every(ms: number, action: () => void): () => void {
		const interval = setInterval(action, ms);
		this.intervals.add(interval);
		return () => {
			clearInterval(interval);
			this.intervals.delete(interval);
		};
	}

	stop(): void {
		this.timeouts.forEach(clearTimeout);
		this.intervals.forEach(clearInterval);
		this.timeouts.clear();
		this.intervals.clear();
	}
}
