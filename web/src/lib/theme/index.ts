import { readSetting, writeSetting } from '../storage';
import { store } from '../store';

export type Theme = 'system' | 'light' | 'dark';

const read = (): Theme => {
  const value = readSetting('theme');
  return value === 'light' || value === 'dark' ? value : 'system';
};

export const theme = store<Theme>(read());

export function setTheme(next: Theme): void {
  writeSetting('theme', next === 'system' ? null : next);
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.set(next);
}
