/** Small settings kept on this device. A browser that refuses storage simply forgets them. */
export function readSetting(key: string): string | null {
  try {
    return localStorage.getItem(`parvis.${key}`);
  } catch {
    return null;
  }
}

export function writeSetting(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`parvis.${key}`);
    else localStorage.setItem(`parvis.${key}`, value);
  } catch {
    // Private browsing: the choice lasts as long as the page.
  }
}
