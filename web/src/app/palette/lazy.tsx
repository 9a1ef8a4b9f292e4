import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Me } from '../../lib/api/schema';

export interface PaletteProps {
  me: Me;
  onClose: () => void;
}

/** The palette is fetched the first time it is asked for. */
export function LazyPalette(props: PaletteProps) {
  const [View, setView] = useState<ComponentType<PaletteProps>>();
  useEffect(() => {
    void import('./palette').then((module) => setView(() => module.Palette));
  }, []);
  return View ? <View {...props} /> : null;
}
