/** Ends with what failed and with the line that ./test adds up, where the end of a long log still shows them. */
export default class CountReporter {
  passed = 0;
  failed = [];
  onTestEnd(test, result) {
    if (result.status === 'passed') this.passed += 1;
    else if (test.expectedStatus === 'skipped') return;
    else this.failed.push({ test, result }); // a step skipped because an earlier one broke has not passed
  }
  onExit() {
    for (const { test, result } of this.failed) {
      console.log(`not passed: ${test.titlePath().filter(Boolean).join(' › ')} (${result.status}, ${result.duration} ms)`);
      for (const { message, location } of result.errors) {
        console.log(`  ${location ? `line ${location.line}: ` : ''}${(message ?? '').split('\n').slice(0, 6).join('\n  ')}`);
      }
    }
    console.log(`${this.passed} passed, ${this.failed.length} failed`);
  }
}
