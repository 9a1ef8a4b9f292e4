/** Ends with the line that ./test adds up. */
export default class CountReporter {
  passed = 0;
  failed = 0;
  onTestEnd(test, result) {
    if (result.status === 'passed') this.passed += 1;
    else if (test.expectedStatus === 'skipped') return;
    else this.failed += 1; // a step skipped because an earlier one broke has not passed
  }
  onExit() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
  }
}
