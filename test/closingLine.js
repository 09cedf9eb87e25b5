/** Ends the run with `N passed, N failed` alone on its line, for people and for CI alike. */
class ClosingLine {
	onRunComplete(_contexts, results) {
		// A file that does not compile runs no test at all; it has failed none the less.
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		// Jest prints its own summary after every reporter.
		process.once('exit', () => {
			process.stderr.write(`\n${results.numPassedTests} passed, ${failed} failed\n`);
		});
	}
}

module.exports = ClosingLine;
