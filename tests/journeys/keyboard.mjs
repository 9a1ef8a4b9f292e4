// A person without a mouse: everything is reached with Tab and the arrow keys, and used with Enter and Space.
const maxPresses = 200;

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);
/** Whether the element comes before what is focused, so that Shift+Tab leads to it. */
const isBefore = (locator) =>
  locator.evaluate((element) => {
    const at = document.activeElement;
    return Boolean(at && at !== document.body && at.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING);
  });

export class Keyboard {
  constructor(page) {
    this.page = page;
  }

  async reach(locator) {
    const target = locator.first();
    await target.waitFor({ state: 'attached' });
    for (let presses = 0; presses < maxPresses; presses += 1) {
      if (await isFocused(target)) return;
      await this.page.keyboard.press((await isBefore(target)) ? 'Shift+Tab' : 'Tab');
    }
    const at = await this.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
    throw new Error(`Not reached with the Tab key: ${target}; stopped at ${at}`);
  }

  async press(locator, key = 'Enter') {
    await this.reach(locator);
    await this.page.keyboard.press(key);
  }

  async write(locator, text) {
    await this.reach(locator);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.insertText(text);
  }

  /** A radio button: Tab leads to its group, arrows to the button. */
  async choose(radio) {
    const target = radio.first();
    const name = await target.getAttribute('name');
    for (let presses = 0; presses < maxPresses; presses += 1) {
      const state = await target.evaluate((element, group) => {
        const at = document.activeElement;
        if (at === element) return 'here';
        return at instanceof HTMLInputElement && at.name === group ? 'group' : 'elsewhere';
      }, name);
      if (state === 'here') {
        if (!(await target.isChecked())) await this.page.keyboard.press('Space');
        return;
      }
      const elsewhere = (await isBefore(target)) ? 'Shift+Tab' : 'Tab';
      await this.page.keyboard.press(state === 'group' ? 'ArrowDown' : elsewhere);
    }
    throw new Error(`Not reached with the keyboard: ${target}`);
  }

  async check(checkbox) {
    await this.reach(checkbox);
    if (!(await checkbox.first().isChecked())) await this.page.keyboard.press('Space');
  }

  /** An entry of an open menu. */
  async pick(item) {
    const target = item.first();
    await target.waitFor();
    for (let presses = 0; presses < 30; presses += 1) {
      if (await isFocused(target)) return this.page.keyboard.press('Enter');
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`Not reached with the arrow keys: ${target}`);
  }

  /** A message of a conversation: Tab leads to one, arrows to the others. */
  async reachMessage(message) {
    const target = message.first();
    const focused = () => this.page.evaluate(() => document.activeElement?.closest('[data-message]') !== null && document.activeElement?.matches('[data-message]'));
    for (let presses = 0; presses < maxPresses && !(await focused()); presses += 1)
      await this.page.keyboard.press((await isBefore(target)) ? 'Shift+Tab' : 'Tab');
    for (let presses = 0; presses < maxPresses; presses += 1) {
      if (await isFocused(target)) return;
      await this.page.keyboard.press((await isBefore(target)) ? 'ArrowUp' : 'ArrowDown');
      await this.page.waitForTimeout(30); // the list scrolls and draws before the focus moves
    }
    throw new Error(`Not reached with the arrow keys: ${target}`);
  }
}
