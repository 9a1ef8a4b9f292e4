import { readSetting, writeSetting } from '../lib/storage';
import { store } from '../lib/store';
import { type Layout, layouts } from './layout';

interface Choice {
  layout: Layout;
  hideSelf: boolean;
  pinned: string | undefined;
  share: string | undefined;
}

/** How one looks at the meeting. The layout and one's own tile are remembered on this device. */
export const viewChoice = store<Choice>({
  layout: layouts.find((one) => one === readSetting('visio.layout')) ?? 'auto',
  hideSelf: readSetting('visio.hide_self') === 'yes',
  pinned: undefined,
  share: undefined,
});

const change = (changed: Partial<Choice>) => viewChoice.set({ ...viewChoice.get(), ...changed });

export function chooseLayout(layout: Layout): void {
  writeSetting('visio.layout', layout === 'auto' ? null : layout);
  // Choosing says what one wants now: a pin from before would hide it.
  change({ layout, pinned: undefined });
}
export function hideSelf(hidden: boolean): void {
  writeSetting('visio.hide_self', hidden ? 'yes' : null);
  change({ hideSelf: hidden });
}
export const pin = (key: string | undefined) => change({ pinned: key });
export const lookAt = (share: string) => change({ share, pinned: undefined });
